import type { Samples } from '../series.ts';

/** The closed interval (ms) that a range selector covers. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/**
 * rate, increase and delta: the difference of last and first sample (plus what was lost at counter resets),
 * extrapolated to the edges of the range as Prometheus 2.42 does (promql/functions.go, extrapolatedRate):
 * up to an edge that is nearer than 1.1 average gaps, else by half a gap, and a counter never below zero.
 * Divided by `perSeconds` (for rate the length of the range). Undefined with fewer than two samples.
 */
export function extrapolated(samples: Samples, range: Interval, counter: boolean, perSeconds = 1): number | undefined {
  const { times, values } = samples;
  const firstTime = times[0];
  const lastTime = times.at(-1);
  const first = values[0];
  if (times.length < 2 || firstTime === undefined || lastTime === undefined || first === undefined) return undefined;
  const difference = (values.at(-1) ?? Number.NaN) - first + (counter ? lostAtResets(values) : 0);
  const sampled = (lastTime - firstTime) / 1000;
  const gap = sampled / (times.length - 1);
  const toZero = counter && difference > 0 && first >= 0 ? sampled * (first / difference) : Number.POSITIVE_INFINITY;
  const before = Math.min((firstTime - range.from) / 1000, toZero);
  const after = (range.to - lastTime) / 1000;
  const covered = sampled + reach(before, gap) + reach(after, gap);
  return difference * (covered / sampled / perSeconds);
}

/** irate and idelta: the last two samples alone; per second when `counter`. */
export function instantChange({ times, values }: Samples, counter: boolean): number | undefined {
  const [earlier, later] = [times.at(-2), times.at(-1)];
  const [previous, last] = [values.at(-2), values.at(-1)];
  if (earlier === undefined || later === undefined || previous === undefined || last === undefined) return undefined;
  if (!counter) return last - previous;
  return (last < previous ? last : last - previous) / ((later - earlier) / 1000);
}

function reach(distance: number, gap: number): number {
  return distance < gap * 1.1 ? distance : gap / 2;
}

function lostAtResets(values: Float64Array): number {
  let lost = 0;
  let previous = values[0] ?? 0;
  for (const value of values) {
    if (value < previous) lost += previous;
    previous = value;
  }
  return lost;
}
