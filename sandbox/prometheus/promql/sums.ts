import type { Samples } from '../series.ts';

/** A sum that loses no small addends (Kahan's summation in Neumaier's form), as Prometheus sums over time. */
export class CompensatedSum {
  #sum = 0;
  #compensation = 0;

  add(increment: number): void {
    const next = this.#sum + increment;
    this.#compensation += Math.abs(this.#sum) >= Math.abs(increment) ? this.#sum - next + increment : increment - next + this.#sum;
    this.#sum = next;
  }

  get raw(): number {
    return this.#sum;
  }

  get total(): number {
    return Number.isFinite(this.#sum) || Number.isNaN(this.#sum) ? this.#sum + this.#compensation : this.#sum;
  }
}

/** Least-squares line through samples: slope per second, and the value at `interceptTime` (ms). */
export function linearRegression({ times, values }: Samples, interceptTime: number): { slope: number; intercept: number } {
  const first = values[0] ?? Number.NaN;
  if (values.every((value) => value === first)) {
    if (!Number.isFinite(first)) return { slope: Number.NaN, intercept: Number.NaN };
    return { slope: 0, intercept: first };
  }
  const [x, y, xy, xx] = [new CompensatedSum(), new CompensatedSum(), new CompensatedSum(), new CompensatedSum()];
  for (const [index, value] of values.entries()) {
    const seconds = ((times[index] ?? 0) - interceptTime) / 1000;
    x.add(seconds);
    y.add(value);
    xy.add(seconds * value);
    xx.add(seconds * seconds);
  }
  const count = values.length;
  const slope = (xy.total - (x.total * y.total) / count) / (xx.total - (x.total * x.total) / count);
  return { slope, intercept: y.total / count - (slope * x.total) / count };
}

/** Mean that neither overflows nor loses an infinity. */
export function mean(values: Iterable<number>): number {
  const sum = new CompensatedSum();
  let count = 0;
  for (const value of values) {
    count++;
    const current = sum.raw;
    if (isInfinite(current) && !Number.isNaN(value) && (!isInfinite(value) || current > 0 === value > 0)) continue;
    sum.add(value / count - current / count);
  }
  return sum.total;
}

/** Population variance (Welford). */
export function variance(values: Iterable<number>): number {
  let count = 0;
  let average = 0;
  let squares = 0;
  for (const value of values) {
    count++;
    const delta = value - average;
    average += delta / count;
    squares += delta * (value - average);
  }
  return squares / count;
}

/** The q-quantile with linear interpolation; -Inf below 0, +Inf above 1, NaN of nothing. NaNs count as smallest. */
export function quantile(q: number, values: Iterable<number>): number {
  const sorted = [...values].sort(ascendingNaNFirst);
  if (sorted.length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const rank = q * (sorted.length - 1);
  const lower = Math.floor(rank);
  const upper = Math.min(sorted.length - 1, lower + 1);
  const weight = rank - lower;
  return (sorted[lower] ?? Number.NaN) * (1 - weight) + (sorted[upper] ?? Number.NaN) * weight;
}

function ascendingNaNFirst(a: number, b: number): number {
  if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
  return Number.isNaN(b) ? 1 : a - b || 0;
}

function isInfinite(value: number): boolean {
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}
