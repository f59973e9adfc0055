interface Point {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

export interface Trend {
  /** Between the first and the last point, seconds. */
  readonly spanSeconds: number;
  readonly mean: number;
  readonly last: number;
  /** Of the line that fits best (least squares). */
  readonly perHour: number;
}

/** Undefined where there are too few points for a line. */
export function trendOf(points: readonly Point[]): Trend | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (first === undefined || last === undefined || points.length < 3 || last.at === first.at) return undefined;
  const meanAt = mean(points.map(({ at }) => at));
  const meanValue = mean(points.map(({ value }) => value));
  const covariance = mean(points.map(({ at, value }) => (at - meanAt) * (value - meanValue)));
  const variance = mean(points.map(({ at }) => (at - meanAt) ** 2));
  return { spanSeconds: last.at - first.at, mean: meanValue, last: last.value, perHour: (covariance / variance) * 3_600 };
}

/** Of the middle one: a single strange pod does not move it. Null where there is none. */
export function median(values: readonly number[]): number | null {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
