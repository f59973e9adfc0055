import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sMetrics } from '../checks/k8s.metrics.ts';
import type { RemediationOffer } from '../report.ts';
import { bytes, count, percent, seconds } from '../rules/phrases.ts';
import { parseQuantity } from '../rules/quantity.ts';
import { decide, rule } from '../rules/rule.ts';
import { MEASURED_BY_REQUEST, type MemoryChange, mebibytes, raiseMemory, raiseMemoryCommand, wholeSteps } from '../signs/memory-limit.ts';
import { POD_CONSEQUENCES, POD_SYMPTOMS, podNames, podsAre, podsOf } from '../signs/pods.ts';
import { goBack, goBackAdvice, onlyTheNewRevisionFails } from '../signs/rollout.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const KILLED = 'had a container killed for want of memory in the last 30 min';
const wereKilled = podsAre(['oom'], KILLED, KILLED);

const memoryIsNearItsLimit = rule({ usage: k8sMetrics }, ({ usage: { memoryMaxRatio, memoryFailRatio } }) =>
  decide(
    memoryMaxRatio !== null && memoryMaxRatio > memoryFailRatio,
    `Memory is at ${percent(memoryMaxRatio ?? 0)} of its limit in the fullest pod, above ${percent(memoryFailRatio)}.`,
    'Memory is not near its limit at the moment.',
  ),
);

/** How much more memory is proposed: enough to see whether it settles, and no more than twice as much. */
const RAISE_FACTOR = 1.5;

function raise(context: ConclusionContext): (MemoryChange & { readonly from: string }) | null {
  const deployment = context.facts(k8sDeployment);
  const limit = parseQuantity(deployment?.memoryLimit ?? '');
  if (deployment === null || deployment.memoryLimit === null || deployment.container === null || limit === undefined) return null;
  return { from: deployment.memoryLimit, memory: mebibytes(wholeSteps(limit * RAISE_FACTOR)), container: deployment.container };
}

function moreMemory(context: ConclusionContext): RemediationOffer[] {
  const change = raise(context);
  if (change === null) return [];
  const reason = `Containers were killed at their limit of ${change.from}; ${change.memory} leaves room to find out what fills it.`;
  return [raiseMemory(change, reason)];
}

/** A mechanism: what fills the memory is for the causes of the topic memory to say. */
export const outOfMemory = defineCause({
  id: 'api.oom',
  title: 'Containers are killed because they need more memory than their limit',
  requires: [wereKilled],
  direct: wereKilled,
  supports: [memoryIsNearItsLimit, onlyTheNewRevisionFails],
  explains: [
    ...POD_SYMPTOMS,
    ...POD_CONSEQUENCES,
    'app.one_bad_pod',
    'api.bad_rollout',
    'api.liveness_kill',
    'api.readiness_failing',
    'app.downstream_timeout',
    'job.silent',
  ],
  summary: (context) => {
    const killed = podsOf(context, 'oom');
    const limit = context.facts(k8sDeployment)?.memoryLimit ?? null;
    const times = killed.reduce((sum, { restarts }) => sum + restarts, 0);
    const last = killed.flatMap(({ endedSecondsAgo }) => endedSecondsAgo ?? []).sort((a, b) => a - b)[0];
    const size = limit === null ? 'its limit' : `its limit of ${bytes(parseQuantity(limit) ?? 0)}`;
    return `The kernel killed a container in ${podNames(killed)} when it reached ${size}${last === undefined ? '' : `, the last time ${seconds(last)} ago`} (${count(times, 'restart')}). Requests and jobs that were under way were lost.`;
  },
  remediations: (context) => [...goBack(context), ...moreMemory(context)],
  advice: (context) => {
    const change = raise(context);
    const command =
      change === null
        ? []
        : [
            `To gain time, raise the limit of this one container: ${raiseMemoryCommand(context, change)}. This rolls out new pods. ${MEASURED_BY_REQUEST}`,
          ];
    return [
      ...goBackAdvice(context),
      `Find out what fills the memory with /hotswap diagnose memory: a leak, a load, or a limit that was always too low need different answers.`,
      ...command,
    ];
  },
});
