import type { Samples } from '../series.ts';
import { extrapolated, type Interval, instantChange } from './rate.ts';
import { CompensatedSum, linearRegression, mean, quantile, variance } from './sums.ts';

/** A function of one series over a range; `now` is the evaluation time (ms), `param` its scalar argument. */
export type RangeFunction = (samples: Samples, range: Interval, now: number, param: number) => number | undefined;

/** The functions over range vectors, apart from absent_over_time, which looks at all series together. */
export const RANGE_FUNCTIONS: ReadonlyMap<string, RangeFunction> = new Map<string, RangeFunction>([
  ['rate', (samples, range) => extrapolated(samples, range, true, (range.to - range.from) / 1000)],
  ['increase', (samples, range) => extrapolated(samples, range, true)],
  ['delta', (samples, range) => extrapolated(samples, range, false)],
  ['irate', (samples) => instantChange(samples, true)],
  ['idelta', (samples) => instantChange(samples, false)],
  ['deriv', (samples) => (enough(samples) ? linearRegression(samples, samples.times[0] ?? 0).slope : undefined)],
  ['predict_linear', (samples, _range, now, seconds) => (enough(samples) ? predicted(samples, now, seconds) : undefined)],
  ['avg_over_time', ({ values }) => mean(values)],
  ['sum_over_time', ({ values }) => total(values)],
  ['count_over_time', ({ values }) => values.length],
  ['present_over_time', () => 1],
  ['last_over_time', ({ values }) => values.at(-1)],
  ['max_over_time', ({ values }) => extreme(values, (value, best) => value > best)],
  ['min_over_time', ({ values }) => extreme(values, (value, best) => value < best)],
  ['stddev_over_time', ({ values }) => Math.sqrt(variance(values))],
  ['stdvar_over_time', ({ values }) => variance(values)],
  ['quantile_over_time', ({ values }, _range, _now, q) => quantile(q, values)],
  [
    'changes',
    ({ values }) => transitions(values, (value, previous) => value !== previous && !(Number.isNaN(value) && Number.isNaN(previous))),
  ],
  ['resets', ({ values }) => transitions(values, (value, previous) => value < previous)],
]);

function enough(samples: Samples): boolean {
  return samples.times.length >= 2;
}

function predicted(samples: Samples, now: number, seconds: number): number {
  const { slope, intercept } = linearRegression(samples, now);
  return slope * seconds + intercept;
}

function total(values: Float64Array): number {
  const sum = new CompensatedSum();
  for (const value of values) sum.add(value);
  return sum.total;
}

function extreme(values: Float64Array, better: (value: number, best: number) => boolean): number {
  let best = values[0] ?? Number.NaN;
  for (const value of values) if (Number.isNaN(best) || better(value, best)) best = value;
  return best;
}

function transitions(values: Float64Array, counts: (value: number, previous: number) => boolean): number {
  let found = 0;
  for (let index = 1; index < values.length; index++) {
    if (counts(values[index] ?? Number.NaN, values[index - 1] ?? Number.NaN)) found++;
  }
  return found;
}
