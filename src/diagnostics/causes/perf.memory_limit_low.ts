import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { promMemoryTrend } from '../checks/prom.memory_trend.ts';
import type { RemediationOffer } from '../report.ts';
import { bytes, count, percent } from '../rules/phrases.ts';
import { anyOf, decide, no, rule, yes } from '../rules/rule.ts';
import { mostPodsGrow, podsAreKilledYoung, podsWereKilled } from '../signs/memory.ts';
import { MEASURED_BY_REQUEST, type MemoryChange, mebibytes, raiseMemory, raiseMemoryCommand, wholeSteps } from '../signs/memory-limit.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

/** What the pods needed before is what they need now: a limit below it cannot hold. */
const needIsKnown = rule(
  { trend: promMemoryTrend },
  ({ trend: { limitBytes, earlierPeakBytes, earlierLimitBytes } }) => {
    if (limitBytes === null) return no('The container has no memory limit.');
    if (earlierLimitBytes !== null && earlierLimitBytes > limitBytes)
      return yes(`The limit is ${bytes(limitBytes)}, and the revision before had ${bytes(earlierLimitBytes)}.`);
    if (earlierPeakBytes !== null && earlierPeakBytes > limitBytes)
      return yes(`The limit is ${bytes(limitBytes)}, and pods before these used up to ${bytes(earlierPeakBytes)}.`);
    return no(`The limit of ${bytes(limitBytes)} is not known to be below what the pods needed before.`);
  },
  { weight: 2 },
);

const killedBelowTheirNeed = rule({ trend: promMemoryTrend }, ({ trend: { plateauPods, measuredPods, plateauRatio, limitBytes } }) => {
  if (measuredPods === 0) return no('No pod has run for long enough to see where its memory settles.');
  const text = `Memory of ${plateauPods} of ${count(measuredPods, 'pod')} stays above ${percent(plateauRatio)} of the limit of ${bytes(limitBytes ?? 0)} without growing`;
  return decide(plateauPods * 2 > measuredPods, `${text}.`, `${text}.`);
});

const hadEnoughBefore = rule({ trend: promMemoryTrend }, ({ trend: { earlierLimitBytes, limitBytes } }) =>
  decide(
    earlierLimitBytes !== null && limitBytes !== null && earlierLimitBytes > limitBytes,
    `A rollout lowered the limit from ${bytes(earlierLimitBytes ?? 0)} to ${bytes(limitBytes ?? 0)}.`,
    'No rollout lowered the limit.',
  ),
);

const neverHadEnough = anyOf(killedBelowTheirNeed, needIsKnown);

export const limitTooLow = defineCause({
  id: 'perf.memory_limit_low',
  title: 'The memory limit is below what the service needs when all is well',
  requires: [anyOf(killedBelowTheirNeed, podsAreKilledYoung), neverHadEnough],
  contradicts: [mostPodsGrow],
  direct: needIsKnown,
  supports: [hadEnoughBefore, podsWereKilled],
  explains: [
    'k8s.metrics',
    'k8s.pods',
    'k8s.deployment',
    'k8s.events',
    'k8s.replicasets',
    'k8s.endpoints',
    'http.health',
    'prom.error_rate',
    'prom.latency',
    'prom.memory_trend',
    'prom.up',
    'api.oom',
    'api.bad_rollout',
    'api.crashloop.unknown',
    'api.liveness_kill',
    'api.readiness_failing',
    'app.one_bad_pod',
  ],
  summary: (context) => {
    const trend = context.facts(promMemoryTrend);
    const before = trend?.earlierLimitBytes ?? null;
    const limit = trend?.limitBytes ?? 0;
    const used = trend?.earlierPeakBytes ?? trend?.peakBytes ?? null;
    const need = used === null ? '' : `; pods have used up to ${bytes(used)}`;
    const lowered = before !== null && before > limit ? ` It was ${bytes(before)} in the revision before.` : '';
    return `The limit of ${bytes(limit)} leaves the pods too little to work${need}: the kernel kills them, or soon will.${lowered}`;
  },
  remediations: moreMemory,
  advice: (context) => {
    const change = proposal(context);
    if (change === null) return [];
    return [
      `Raise the limit of this one container: ${raiseMemoryCommand(context, change)}. Quotas and the LimitRange of the namespace must allow it for every pod, and for the extra one of a rollout.`,
      MEASURED_BY_REQUEST,
    ];
  },
});

/** Room above the most that was ever used. */
const HEADROOM = 1.3;

/** The limit of the revision before, where there was a larger one; else room above what was used, at most twice the present one. */
function proposal(context: ConclusionContext): MemoryChange | null {
  const trend = context.facts(promMemoryTrend);
  const container = context.facts(k8sDeployment)?.container ?? null;
  if (trend === null || trend.limitBytes === null || container === null) return null;
  const used = Math.max(trend.earlierPeakBytes ?? 0, trend.peakBytes ?? 0, trend.limitBytes) * HEADROOM;
  const before = trend.earlierLimitBytes !== null && trend.earlierLimitBytes > trend.limitBytes ? trend.earlierLimitBytes : null;
  const wanted = Math.min(before ?? wholeSteps(used), trend.limitBytes * 2);
  return { memory: mebibytes(wanted), container };
}

function moreMemory(context: ConclusionContext): RemediationOffer[] {
  const change = proposal(context);
  const limit = context.facts(promMemoryTrend)?.limitBytes ?? 0;
  if (change === null) return [];
  const reason = `${bytes(limit)} is below what the pods need; ${change.memory} gives them what they had, or room above the most that they used.`;
  return [raiseMemory(change, reason)];
}
