import { promErrorRate } from '../checks/prom.error_rate.ts';
import { promLatency } from '../checks/prom.latency.ts';
import { percent, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, no, rule, yes } from '../rules/rule.ts';
import type { FactsOf } from '../types.ts';

/** Rules that several causes share: what users notice. */

type LatencyFacts = FactsOf<typeof promLatency>;

/**
 * How long requests take now: causes are looked for in what the systems do at this moment, so the last moments count, and
 * the whole window only where nothing was answered in them.
 */
export function presentLatency(facts: LatencyFacts) {
  const recent = facts.p95SecondsRecently !== null;
  return {
    p95: recent ? facts.p95SecondsRecently : facts.p95Seconds,
    average: recent ? facts.averageSecondsRecently : facts.averageSeconds,
    window: `in the last ${seconds(recent ? facts.recentWindowSeconds : facts.windowSeconds)}`,
  };
}

export const latencyIsNormal = rule({ latency: promLatency }, ({ latency }) => {
  const { p95, window } = presentLatency(latency);
  if (p95 === null) return cannotTell('p95 is not known.');
  const text = `p95 is ${seconds(p95)} ${window}`;
  const limit = seconds(latency.warnSeconds);
  return decide(p95 <= latency.warnSeconds, `${text}, not above ${limit}: nobody waits for it.`, `${text}, above ${limit}.`);
});

export const latencyIsHigh = rule({ latency: promLatency }, ({ latency }) => {
  const { p95, window } = presentLatency(latency);
  if (p95 === null) return cannotTell('p95 is not known.');
  const before = latency.p95SecondsAnHourAgo === null ? '' : `, an hour ago ${seconds(latency.p95SecondsAnHourAgo)}`;
  const text = `p95 is ${seconds(p95)} ${window}${before}`;
  const limit = seconds(latency.warnSeconds);
  return decide(p95 > latency.warnSeconds, `${text}; above ${limit}.`, `${text}; not above ${limit}.`);
});

export const errorsAreHigh = rule({ errors: promErrorRate }, ({ errors }) => {
  const { serverErrorRatio, serverErrorRatioRecently, warnRatio } = errors;
  if (serverErrorRatio === null) return cannotTell('The error rate is not known.');
  const recent = (serverErrorRatioRecently ?? 0) > serverErrorRatio;
  const ratio = recent ? (serverErrorRatioRecently ?? 0) : serverErrorRatio;
  const text = `${percent(ratio)} of requests failed with 5xx in the last ${seconds(recent ? errors.recentWindowSeconds : errors.windowSeconds)}`;
  return ratio > warnRatio ? yes(`${text}, above ${percent(warnRatio)}.`) : no(`${text}, not above ${percent(warnRatio)}.`);
});

/** What users see of a cause that holds up requests. */
export const SYMPTOMS = ['prom.latency', 'prom.error_rate', 'http.health'] as const;
