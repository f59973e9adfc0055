import { promErrorRate } from '../checks/prom.error_rate.ts';
import { promLatency } from '../checks/prom.latency.ts';
import { percent, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, no, rule, yes } from '../rules/rule.ts';

/** Rules that several causes share: what users notice. */

export const latencyIsNormal = rule({ latency: promLatency }, ({ latency: { p95Seconds, warnSeconds } }) => {
  if (p95Seconds === null) return cannotTell('p95 is not known.');
  const text = `p95 is ${seconds(p95Seconds)}`;
  return decide(
    p95Seconds <= warnSeconds,
    `${text}, not above ${seconds(warnSeconds)}: nobody waits for it.`,
    `${text}, above ${seconds(warnSeconds)}.`,
  );
});

export const latencyIsHigh = rule({ latency: promLatency }, ({ latency: { p95Seconds, p95SecondsAnHourAgo, warnSeconds } }) => {
  if (p95Seconds === null) return cannotTell('p95 is not known.');
  const before = p95SecondsAnHourAgo === null ? '' : `, an hour ago ${seconds(p95SecondsAnHourAgo)}`;
  const text = `p95 is ${seconds(p95Seconds)}${before}`;
  return decide(p95Seconds > warnSeconds, `${text}; above ${seconds(warnSeconds)}.`, `${text}; not above ${seconds(warnSeconds)}.`);
});

export const errorsAreHigh = rule({ errors: promErrorRate }, ({ errors: { serverErrorRatio, warnRatio } }) => {
  if (serverErrorRatio === null) return cannotTell('The error rate is not known.');
  const text = `${percent(serverErrorRatio)} of requests fail with 5xx`;
  return serverErrorRatio > warnRatio ? yes(`${text}, above ${percent(warnRatio)}.`) : no(`${text}, not above ${percent(warnRatio)}.`);
});

/** What users see of a cause that holds up requests. */
export const SYMPTOMS = ['prom.latency', 'prom.error_rate', 'http.health'] as const;
