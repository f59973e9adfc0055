import { k8sPods } from '../checks/k8s.pods.ts';
import { promMemoryTrend } from '../checks/prom.memory_trend.ts';
import { bytes, percent } from '../rules/phrases.ts';
import { cannotTell, decide, rule } from '../rules/rule.ts';
import { podsLogged } from '../signs/logs.ts';
import { podsWereKilled } from '../signs/memory.ts';
import { defineCause } from '../types.ts';

const outOfMemoryIsLogged = podsLogged('log.oom.managed', 'an allocation failed (System.OutOfMemoryException)');

const heapIsFull = rule(
  { trend: promMemoryTrend },
  ({ trend: { heapPeakBytes, heapLimitBytes, heapLimitFrom, heapFullRatio } }) => {
    if (heapPeakBytes === null || heapLimitBytes === null) return cannotTell('The heap, or what it may grow to, is not known.');
    const text = `The heap reaches ${bytes(heapPeakBytes)} of the ${bytes(heapLimitBytes)} that ${heapLimitFrom ?? 'its limit'} allows it (${percent(heapPeakBytes / heapLimitBytes)})`;
    return decide(heapPeakBytes > heapFullRatio * heapLimitBytes, `${text}.`, `${text}.`);
  },
  { weight: 2 },
);

const nobodyWasKilled = rule({ pods: k8sPods }, ({ pods: { states } }) =>
  decide(
    !states.some(({ state }) => state === 'oom'),
    'The kernel killed no container for want of memory.',
    'The kernel killed a container for want of memory.',
  ),
);

/** .NET gives up before the kernel does: the heap has a limit of its own, 75 % of the container's unless it is told otherwise. */
export const heapLimitReached = defineCause({
  id: 'app.gc_heap_limit',
  title: 'The heap of .NET is at its own limit',
  requires: [outOfMemoryIsLogged, nobodyWasKilled],
  contradicts: [podsWereKilled],
  direct: heapIsFull,
  explains: [
    'prom.memory_trend',
    'prom.error_rate',
    'prom.latency',
    'http.health',
    'k8s.logs',
    'k8s.replicasets',
    'api.bad_rollout',
    'api.crashloop.unknown',
    'app.one_bad_pod',
  ],
  summary: (context) => {
    const trend = context.facts(promMemoryTrend);
    const limit = trend?.heapLimitBytes ?? null;
    const where = limit === null ? 'its limit' : `${bytes(limit)}, which ${trend?.heapLimitFrom ?? 'its limit'} sets`;
    return `Allocations fail with System.OutOfMemoryException because the heap may not grow beyond ${where}. The container itself was not killed: it has memory left that the heap may not use.`;
  },
  advice: (context) => {
    const trend = context.facts(promMemoryTrend);
    const from = trend?.heapLimitFrom ?? null;
    const set = from?.startsWith('DOTNET_') === true;
    return [
      set
        ? `Take ${from ?? ''} out of the container's environment, or raise it: its value is a hexadecimal number (0x4B is 75 %, 14 is 20 %). Without it, the heap may use 75 % of the container's limit.`
        : "Raise the container's memory limit (the heap may use 75 % of it), or give the heap a larger share of it with DOTNET_GCHeapHardLimitPercent: a hexadecimal number, 0x55 is 85 %.",
      'If the heap grows for hours before it gets there, it is a leak, and a larger limit only moves the day.',
    ];
  },
});
