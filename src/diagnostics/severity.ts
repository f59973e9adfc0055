import type { Thresholds } from '../config/thresholds.ts';
import { httpHealth } from './checks/http.health.ts';
import { k8sDeployment } from './checks/k8s.deployment.ts';
import { promErrorRate } from './checks/prom.error_rate.ts';
import { promLatency } from './checks/prom.latency.ts';
import type { Severity } from './report.ts';
import type { Check, CheckResult } from './types.ts';

type Results = ReadonlyMap<string, CheckResult>;

/** The facts of a check; null where it could not judge. */
export function factsOf<F extends CheckResult['facts'] & {}>(check: Check<F>, results: Results): F | null {
  const facts = results.get(check.id)?.facts;
  return facts === undefined || facts === null ? null : (facts as F); // a check's result is stored under its own id
}

/**
 * How bad it is for users, as the incident runbook counts: SEV-1 everything is down; SEV-2 errors over 10 % or p95 over
 * 2 s; SEV-3 errors over 5 % or p95 over 1 s. Null: none of them.
 */
export function severityOf(results: Results, thresholds: Thresholds, hasConfirmedCause: boolean): Severity | null {
  const deployment = factsOf(k8sDeployment, results);
  const p95 = seen(promLatency, results)?.p95Seconds ?? null;
  const errors = seen(promErrorRate, results)?.serverErrorRatio ?? null;
  if (deployment !== null && deployment.available === 0) return 'SEV-1';
  if (nothingGetsThrough(results, thresholds)) return 'SEV-1';
  if (exceeds(p95, thresholds.latencyP95Sev2Seconds) || exceeds(errors, thresholds.errorRateSev2Ratio)) return 'SEV-2';
  if (exceeds(p95, thresholds.latencyP95FailSeconds) || exceeds(errors, thresholds.errorRateFailRatio)) return 'SEV-3';
  // requests that never end are in no histogram: a cause that was seen at work counts although users cannot be measured
  return hasConfirmedCause && p95 === null ? 'SEV-3' : null;
}

/** No probe of the public address is answered, and no user's request either: a probe alone may fail on the bot's own way to it. */
function nothingGetsThrough(results: Results, thresholds: Thresholds): boolean {
  const health = seen(httpHealth, results);
  if (health === null || health.probes.length < 2 || health.bad < health.probes.length) return false;
  const latency = factsOf(promLatency, results); // without traffic the check is unknown, and has facts all the same
  return latency !== null && (latency.requestsPerSecondRecently ?? 0) < thresholds.minimumTrafficPerSecond;
}

function seen<F extends CheckResult['facts'] & {}>(check: Check<F>, results: Results): F | null {
  return results.get(check.id)?.verdict === 'unknown' ? null : factsOf(check, results);
}

const exceeds = (value: number | null, limit: number) => value !== null && value > limit;
