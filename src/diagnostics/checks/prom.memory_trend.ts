import { deployment } from '../evidence/deployment.ts';
import { type MemoryTrend, memoryTrend } from '../evidence/memory-trend.ts';
import { type Pod, pods } from '../evidence/pods.ts';
import { type ReplicaSet, replicaSets } from '../evidence/replicasets.ts';
import { heapLimit } from '../rules/gc-heap.ts';
import { bytes, count, percent, seconds } from '../rules/phrases.ts';
import { parseQuantity } from '../rules/quantity.ts';
import { median, trendOf } from '../rules/trend.ts';
import { defineCheck, type JudgeContext, type Judgement } from '../types.ts';

type TrendFacts = {
  windowSeconds: number;
  /** Pods whose trend is known, and those that are too young for one. */
  measuredPods: number;
  youngPods: number;
  /** Of the measured ones. */
  growingPods: number;
  warnPerHourRatio: number;
  /** Of the middle pod: growth an hour, in bytes and as a share of what it uses. */
  growthPerHourBytes: number | null;
  growthPerHourRatio: number | null;
  /** Of the middle pod whose heap is known. */
  heapGrowthPerHourBytes: number | null;
  /** What the fullest pod uses at the least, and the most that any pod used. */
  highestFloorBytes: number | null;
  peakBytes: number | null;
  limitBytes: number | null;
  /** Pods that stay above the share of the limit that leaves no room, without growing. */
  plateauPods: number;
  plateauRatio: number;
  /** Until the middle pod would reach its limit at this pace; null: it does not grow, or has no limit. */
  hoursToLimit: number | null;
  forecastHours: number;
  /** The most that pods that are gone used, and the limit that a revision before this one had. */
  earlierPeakBytes: number | null;
  earlierLimitBytes: number | null;
  heapPeakBytes: number | null;
  heapLimitBytes: number | null;
  heapLimitFrom: string | null;
  heapFullRatio: number;
};

export const promMemoryTrend = defineCheck({
  id: 'prom.memory_trend',
  title: 'Memory over time',
  needs: { memoryTrend, pods, deployment, replicaSets },
  judge(
    { memoryTrend: { data }, pods: { data: all }, deployment: { data: owner }, replicaSets: { data: revisions } },
    context,
  ): Judgement<TrendFacts> {
    const { thresholds } = context;
    const running = all.filter(({ deletedAt }) => deletedAt === null);
    const trends = running.flatMap((pod) => podTrend(pod, data, context) ?? []);
    const known = trends.filter(({ old }) => old);
    const limit = limitOf(owner.containers.find(({ name }) => name === owner.container)?.memoryLimit ?? null);
    const heap = heapLimit(
      owner.variables,
      owner.containers.find(({ name }) => name === owner.container)?.memoryLimit ?? null,
      thresholds.gcHeapDefaultRatio,
    );
    const growth = median(known.map(({ perHour }) => perHour));
    const floor = median(known.map(({ last }) => last));
    const names = new Set(running.map(({ name }) => name));
    const facts: TrendFacts = {
      windowSeconds: data.windowSeconds,
      measuredPods: known.length,
      youngPods: running.length - known.length,
      growingPods: known.filter(({ ratio }) => ratio > thresholds.memoryGrowthPerHourRatio).length,
      warnPerHourRatio: thresholds.memoryGrowthPerHourRatio,
      growthPerHourBytes: growth,
      growthPerHourRatio: median(known.map(({ ratio }) => ratio)),
      heapGrowthPerHourBytes: median(known.flatMap(({ heapPerHour }) => heapPerHour ?? [])),
      highestFloorBytes: largest(known.map(({ last }) => last)),
      peakBytes: largest(data.pods.flatMap(({ pod, peak }) => (names.has(pod) ? (peak ?? []) : []))),
      limitBytes: limit,
      plateauPods: known.filter(
        ({ last, ratio }) => limit !== null && last > thresholds.memoryPlateauRatio * limit && ratio <= thresholds.memoryGrowthPerHourRatio,
      ).length,
      plateauRatio: thresholds.memoryPlateauRatio,
      hoursToLimit: growth === null || floor === null || limit === null || growth <= 0 ? null : Math.max(0, (limit - floor) / growth),
      forecastHours: thresholds.memoryForecastHours,
      earlierPeakBytes: largest(data.pods.flatMap(({ pod, peak }) => (names.has(pod) ? [] : (peak ?? [])))),
      earlierLimitBytes: limitOf(earlierLimit(revisions, owner.container)),
      heapPeakBytes: largest(data.pods.flatMap(({ pod, heapPeak }) => (names.has(pod) ? (heapPeak ?? []) : []))),
      heapLimitBytes: heap?.bytes ?? null,
      heapLimitFrom: heap?.from ?? null,
      heapFullRatio: thresholds.gcHeapFullRatio,
    };
    const enough = thresholds.memoryTrendCoverageRatio * data.windowSeconds;
    const oldEnough = running.filter((pod) => context.now.getTime() / 1_000 - startOf(pod) >= enough).length;
    return { ...judged(facts, data, oldEnough), facts };
  },
});

interface PodTrend {
  /** Its samples cover enough of the window. */
  readonly old: boolean;
  readonly perHour: number;
  readonly ratio: number;
  readonly last: number;
  readonly heapPerHour: number | null;
}

/** Since its container started: what a run before it used has nothing to do with the present one. */
function podTrend(pod: Pod, data: MemoryTrend, { thresholds }: JudgeContext): PodTrend | undefined {
  const found = data.pods.find((one) => one.pod === pod.name);
  const since = startOf(pod);
  const trend = trendOf((found?.floor ?? []).filter(({ at }) => at > since));
  if (found === undefined || trend === undefined) return undefined;
  const heap = trendOf(found.heapFloor.filter(({ at }) => at > since));
  return {
    old: trend.spanSeconds >= thresholds.memoryTrendCoverageRatio * data.windowSeconds,
    perHour: trend.perHour,
    ratio: trend.perHour / trend.mean,
    last: trend.last,
    heapPerHour: heap?.perHour ?? null,
  };
}

/** Of the container that was started last; seconds since the epoch. */
function startOf({ containers, createdAt }: Pod): number {
  const started = containers.flatMap(({ init, startedAt }) => (init || startedAt === null ? [] : [startedAt.getTime()]));
  return Math.max(createdAt.getTime(), ...started) / 1_000;
}

function judged(facts: TrendFacts, data: MemoryTrend, oldEnough: number): Pick<Judgement<TrendFacts>, 'verdict' | 'summary'> {
  const { heapPeakBytes, heapLimitBytes, heapLimitFrom } = facts;
  if (heapPeakBytes !== null && heapLimitBytes !== null && heapPeakBytes > facts.heapFullRatio * heapLimitBytes)
    return {
      verdict: 'warn',
      summary: `The garbage-collected heap reaches ${bytes(heapPeakBytes)}, above ${percent(facts.heapFullRatio)} of the ${bytes(heapLimitBytes)} that ${heapLimitFrom ?? 'its limit'} allows it.`,
    };
  const window = seconds(data.windowSeconds);
  if (facts.measuredPods === 0 && facts.youngPods === 0)
    return { verdict: 'unknown', summary: 'No pod runs whose memory could be followed.' };
  if (facts.measuredPods === 0 && oldEnough > 0)
    return {
      verdict: 'unknown',
      summary: `Prometheus has no memory of the pods over the last ${window}: see whether it scrapes cAdvisor.`,
    };
  if (facts.measuredPods === 0)
    return { verdict: 'not-applicable', summary: `No pod has run for long enough: whether memory grows shows over ${window}.` };
  const pace = `memory of ${count(facts.measuredPods, 'pod')} moves by ${percent(facts.growthPerHourRatio ?? 0)} an hour over ${window}`;
  if (facts.growingPods * 2 > facts.measuredPods) {
    const soon = facts.hoursToLimit !== null && facts.hoursToLimit < facts.forecastHours;
    const when = facts.hoursToLimit === null ? '' : `; at this pace the limit is reached in ${seconds(facts.hoursToLimit * 3_600)}`;
    return { verdict: soon ? 'fail' : 'warn', summary: `The ${pace}, above ${percent(facts.warnPerHourRatio)}${when}.` };
  }
  if (facts.plateauPods * 2 > facts.measuredPods)
    return {
      verdict: 'warn',
      summary: `Memory of ${count(facts.plateauPods, 'pod')} stays above ${percent(facts.plateauRatio)} of its limit without growing.`,
    };
  return { verdict: 'ok', summary: `The ${pace}, not above ${percent(facts.warnPerHourRatio)}.` };
}

/** Of the revision before the newest one; null: none is remembered, or it had no limit. */
function earlierLimit(revisions: readonly ReplicaSet[], container: string | null): string | null {
  return revisions[1]?.template.containers.find(({ name }) => name === container)?.memoryLimit ?? null;
}

const limitOf = (quantity: string | null) => (quantity === null ? null : (parseQuantity(quantity) ?? null));
const largest = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values));
