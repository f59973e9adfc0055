import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { promMemoryTrend } from '../checks/prom.memory_trend.ts';
import type { RemediationOffer } from '../report.ts';
import { bytes, percent, seconds } from '../rules/phrases.ts';
import { trafficHasGrown } from '../signs/cpu.ts';
import { crashDumpAdvice, heapGrowsWithIt, limitComesSoon, limitForecast, mostPodsGrow, podsWereKilled } from '../signs/memory.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

export const memoryLeak = defineCause({
  id: 'perf.memory_leak',
  title: 'The service keeps objects that it should let go of',
  requires: [mostPodsGrow, heapGrowsWithIt],
  contradicts: [trafficHasGrown],
  direct: heapGrowsWithIt,
  supports: [limitComesSoon, podsWereKilled],
  explains: [
    'prom.memory_trend',
    'k8s.metrics',
    'k8s.pods',
    'k8s.hpa',
    'api.oom',
    'app.gc_heap_limit',
    'perf.memory_hpa',
    'perf.memory_limit_low',
  ],
  summary: (context) => {
    const trend = context.facts(promMemoryTrend);
    return `The heap of the pods grows by ${bytes(Math.max(0, trend?.heapGrowthPerHourBytes ?? 0))} an hour (${percent(trend?.growthPerHourRatio ?? 0)} of what they use), and collections do not give it back.${limitForecast(context)}`;
  },
  remediations: (context) => [...restart(context), ...crashDumps(context)],
  advice: (context) => [
    crashDumpAdvice(context),
    'A restart buys time and nothing else, and it ends jobs that are under way: one restart, then find the leak. No cron job for it.',
  ],
});

function restart(context: ConclusionContext): RemediationOffer[] {
  const hours = context.facts(promMemoryTrend)?.hoursToLimit ?? null;
  const time = hours === null ? '' : ` The limit would be reached in ${seconds(hours * 3_600)}.`;
  return [{ id: 'fix.k8s.restart', params: {}, reason: `Fresh pods begin with an empty heap: it buys time, and hides the leak.${time}` }];
}

function crashDumps(context: ConclusionContext): RemediationOffer[] {
  const container = context.facts(k8sDeployment)?.container ?? null;
  if (container === null) return [];
  return [
    {
      id: 'fix.k8s.crash_dumps',
      params: { container },
      reason: 'The next crash leaves a dump. The rollout destroys what has grown by now, and a kill for memory writes none.',
    },
  ];
}
