import { promMemoryTrend } from '../checks/prom.memory_trend.ts';
import { bytes, percent } from '../rules/phrases.ts';
import { trafficHasGrown } from '../signs/cpu.ts';
import { heapStaysFlat, limitComesSoon, limitForecast, mostPodsGrow, podsWereKilled } from '../signs/memory.ts';
import { defineCause } from '../types.ts';

export const nativeLeak = defineCause({
  id: 'perf.memory_native_leak',
  title: 'Memory outside the heap of .NET grows',
  requires: [mostPodsGrow, heapStaysFlat],
  contradicts: [trafficHasGrown],
  direct: heapStaysFlat,
  supports: [limitComesSoon, podsWereKilled],
  explains: ['prom.memory_trend', 'k8s.metrics', 'k8s.pods', 'k8s.hpa', 'api.oom', 'perf.memory_hpa', 'perf.memory_limit_low'],
  summary: (context) => {
    const trend = context.facts(promMemoryTrend);
    return `The pods grow by ${bytes(Math.max(0, trend?.growthPerHourBytes ?? 0))} an hour (${percent(trend?.growthPerHourRatio ?? 0)} of what they use) while the heap stays as it is: what grows is memory that no collection reaches.${limitForecast(context)}`;
  },
  advice: (context) => {
    const { namespace } = context.target.kubernetes;
    return [
      `Compare two readings of a pod that has grown, in an ephemeral container (kubectl --namespace ${namespace} debug POD -it --image=busybox --target=CONTAINER -- cat /proc/1/smaps_rollup): growing anonymous memory points to a native library, many small arenas to the allocator (try MALLOC_ARENA_MAX=2), threads to stacks.`,
      'Look for what holds native memory and is not disposed: images and compression, TLS and HTTP handlers made for each request, assemblies loaded at run time, pinned buffers. A heap dump does not show it.',
      'A larger limit only moves the day on which it is reached.',
    ];
  },
});
