import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sPods } from '../checks/k8s.pods.ts';
import { promMemoryTrend } from '../checks/prom.memory_trend.ts';
import { bytes, count, percent, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, no, rule } from '../rules/rule.ts';
import type { ConclusionContext, FactsOf } from '../types.ts';

/** Rules that several causes share: how the memory of the pods moves. */

type TrendFacts = FactsOf<typeof promMemoryTrend>;

/** Of the growth of the working set, what the heap must account for to be what grows. */
const HEAP_SHARE = 0.4;

export const mostPodsGrow = rule({ trend: promMemoryTrend }, ({ trend }) => {
  const { measuredPods, growingPods, growthPerHourRatio, growthPerHourBytes, warnPerHourRatio, windowSeconds } = trend;
  if (measuredPods === 0)
    return cannotTell(`No pod has run for long enough to see whether its memory grows over ${seconds(windowSeconds)}.`);
  const text = `Memory of ${growingPods} of ${count(measuredPods, 'pod')} grows by more than ${percent(warnPerHourRatio)} an hour (${percent(growthPerHourRatio ?? 0)}, ${bytes(Math.max(0, growthPerHourBytes ?? 0))}) over ${seconds(windowSeconds)}`;
  return decide(growingPods * 2 > measuredPods, `${text}.`, `${text}: it comes back to the same floor.`);
});

function heapShare({ growthPerHourBytes, heapGrowthPerHourBytes }: TrendFacts): number | null {
  if (growthPerHourBytes === null || growthPerHourBytes <= 0 || heapGrowthPerHourBytes === null) return null;
  return heapGrowthPerHourBytes / growthPerHourBytes;
}

function heapText({ heapGrowthPerHourBytes, growthPerHourBytes }: TrendFacts): string {
  const heap = heapGrowthPerHourBytes ?? 0;
  return `after collections, the heap of .NET moves by ${heap < 0 ? '-' : ''}${bytes(Math.abs(heap))} an hour, the whole process by ${bytes(growthPerHourBytes ?? 0)}`;
}

export const heapGrowsWithIt = rule(
  { trend: promMemoryTrend },
  ({ trend }) => {
    const share = heapShare(trend);
    if (share === null) return cannotTell('Prometheus has no heap of the pods, or they do not grow.');
    return decide(share >= HEAP_SHARE, `What grows is the heap: ${heapText(trend)}.`, `What grows is not the heap: ${heapText(trend)}.`);
  },
  { weight: 2 },
);

export const heapStaysFlat = rule(
  { trend: promMemoryTrend },
  ({ trend }) => {
    const share = heapShare(trend);
    if (share === null) return cannotTell('Prometheus has no heap of the pods, or they do not grow.');
    return decide(share < HEAP_SHARE, `What grows is outside the heap: ${heapText(trend)}.`, `The heap grows with it: ${heapText(trend)}.`);
  },
  { weight: 2 },
);

export const limitComesSoon = rule({ trend: promMemoryTrend }, ({ trend: { hoursToLimit, forecastHours, limitBytes } }) => {
  if (hoursToLimit === null || limitBytes === null) return no('No pod moves towards its limit.');
  const text = `At this pace the limit of ${bytes(limitBytes)} is reached in ${seconds(hoursToLimit * 3_600)}`;
  return decide(hoursToLimit < forecastHours, `${text}.`, `${text}.`);
});

/** When that is, as a sentence for a summary; empty where it is not known. */
export function limitForecast(context: ConclusionContext): string {
  const { hoursToLimit = null, limitBytes = null } = context.facts(promMemoryTrend) ?? {};
  return hoursToLimit === null
    ? ''
    : ` At this pace the limit of ${bytes(limitBytes ?? 0)} is reached in ${seconds(hoursToLimit * 3_600)}.`;
}

const killed = (states: FactsOf<typeof k8sPods>['states']) => states.filter(({ state }) => state === 'oom');

export const podsWereKilled = rule({ pods: k8sPods }, ({ pods: { states } }) => {
  const victims = killed(states);
  return decide(
    victims.length > 0,
    `The kernel killed a container in ${count(victims.length, 'pod')} for want of memory in the last 30 min.`,
    'No container was killed for want of memory in the last 30 min.',
  );
});

/** Most pods of one revision, each within minutes of its start. */
export const podsAreKilledYoung = rule(
  { pods: k8sPods },
  ({ pods: { states } }, { thresholds: { memoryKilledYoungSeconds } }) => {
    const victims = killed(states);
    const revision = Math.max(...victims.map((pod) => pod.revision ?? 0));
    const own = states.filter((pod) => (pod.revision ?? 0) === revision && pod.state !== 'terminating');
    const young = own.filter(
      ({ state, ageSeconds, restarts }) => state === 'oom' && ageSeconds / Math.max(1, restarts) <= memoryKilledYoungSeconds,
    );
    if (victims.length === 0) return no('No container was killed for want of memory in the last 30 min.');
    const text = `${young.length} of ${count(own.length, 'pod')} of revision ${revision} had a container killed for want of memory within ${seconds(memoryKilledYoungSeconds)} of its start`;
    return decide(young.length * 2 > own.length, `${text}.`, `${text}.`);
  },
  { weight: 2 },
);

/** Where a dump could be written is for the fix to find out; what it costs is said before. */
export function crashDumpAdvice(context: ConclusionContext): string {
  const { namespace } = context.target.kubernetes;
  return `Before anything restarts, look into a pod that has grown: dotnet-gcdump or dotnet-monitor in an ephemeral container (kubectl --namespace ${namespace} debug POD --image=mcr.microsoft.com/dotnet/monitor --target=${context.facts(k8sDeployment)?.container ?? 'CONTAINER'}). Dumps on a crash (DOTNET_DbgEnableMiniDump=1, DOTNET_DbgMiniDumpType=2) need a rollout, which destroys what has grown by now, and a kill for memory writes none. A dump holds secrets: keep it out of Slack.`;
}
