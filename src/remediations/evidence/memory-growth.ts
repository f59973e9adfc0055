import { promMemoryTrend } from '../../diagnostics/checks/prom.memory_trend.ts';
import { deployment } from '../../diagnostics/evidence/deployment.ts';
import { memoryTrend } from '../../diagnostics/evidence/memory-trend.ts';
import { pods } from '../../diagnostics/evidence/pods.ts';
import { replicaSets } from '../../diagnostics/evidence/replicasets.ts';
import { defineSource } from '../../diagnostics/types.ts';

export interface MemoryGrowth {
  /** Most pods that have run for long enough grow by more than what is called a leak (`thresholds.memoryGrowthPerHourRatio`). */
  readonly growing: boolean;
  /** Of the middle pod: growth an hour as a share of what it uses; null where no pod has run for long enough. */
  readonly perHourRatio: number | null;
}

/** Stands for pods whose memory nobody could look at. */
export const NO_GROWTH: MemoryGrowth = { growing: false, perHourRatio: null };

/** Whether memory of the pods grows, as the check `prom.memory_trend` judges it. */
export const memoryGrowth = defineSource<MemoryGrowth>({
  id: 'fix.memory-growth',
  title: 'Growth of memory',
  permission: memoryTrend.permission,
  asked: memoryTrend.asked,
  async collect({ require, target, now, thresholds, question }) {
    const all = await Promise.all([require(memoryTrend), require(pods), require(deployment), require(replicaSets)]);
    const judged = promMemoryTrend.evaluate(new Map(all.map((one) => [one.source, one])), { target, now, thresholds, question });
    if (all[0].data.from === 'nowhere')
      return {
        data: NO_GROWTH,
        complete: false,
        gap: {
          reason: 'not-found',
          message: 'Prometheus has no memory of the pods, so whether they leak cannot be told.',
          mend: 'Let Prometheus scrape cAdvisor.',
        },
      };
    if (judged === undefined) return { data: NO_GROWTH, complete: true };
    const { growingPods, measuredPods, growthPerHourRatio } = judged.facts;
    return { data: { growing: growingPods * 2 > measuredPods, perHourRatio: growthPerHourRatio }, complete: true };
  },
});
