import { type Labels, METRIC_NAME } from '../labels.ts';
import type { Vector } from './values.ts';

/** A cumulative bucket of a classic histogram. */
interface Bucket {
  readonly upperBound: number;
  readonly count: number;
}

/** histogram_quantile over `le` buckets, one result for each set of the other labels. */
export function histogramQuantile(q: number, vector: Vector): Vector {
  const groups = new Map<string, { labels: Labels; buckets: Bucket[] }>();
  for (const { labels, value } of vector) {
    const upperBound = parseBound(labels.get('le'));
    if (upperBound === undefined) continue;
    const signature = labels.without(['le']).key;
    const group = groups.get(signature) ?? { labels: labels.without(['le', METRIC_NAME]), buckets: [] };
    group.buckets.push({ upperBound, count: value });
    groups.set(signature, group);
  }
  return [...groups.values()].map(({ labels, buckets }) => ({ labels, value: bucketQuantile(q, buckets) }));
}

/**
 * The q-quantile, linear within a bucket, from 0 in the lowest one (promql/quantile.go of Prometheus 2.42).
 * NaN without observations, with fewer than two buckets or without a +Inf bucket;
 * the upper bound of the last finite bucket when the quantile lies beyond it.
 */
export function bucketQuantile(q: number, unordered: readonly Bucket[]): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const sorted = [...unordered].sort((a, b) => (a.upperBound < b.upperBound ? -1 : 1));
  if (sorted.at(-1)?.upperBound !== Number.POSITIVE_INFINITY) return Number.NaN;
  const buckets = monotonic(coalesced(sorted));
  const observations = buckets.at(-1)?.count ?? 0;
  if (buckets.length < 2 || observations === 0) return Number.NaN;
  return interpolated(buckets, q * observations);
}

function interpolated(buckets: readonly Bucket[], rank: number): number {
  const last = buckets.length - 1;
  const found = buckets.findIndex((bucket, index) => index === last || bucket.count >= rank);
  const [bucket, previous] = [buckets[found], buckets[found - 1]];
  if (!bucket) return Number.NaN;
  if (found === last) return previous?.upperBound ?? Number.NaN;
  if (!previous) return bucket.upperBound <= 0 ? bucket.upperBound : bucket.upperBound * (rank / bucket.count);
  const share = (rank - previous.count) / (bucket.count - previous.count);
  return previous.upperBound + (bucket.upperBound - previous.upperBound) * share;
}

/** Buckets of equal bounds (`0.1` and `0.10`) become one. */
function coalesced(sorted: readonly Bucket[]): Bucket[] {
  const merged: Bucket[] = [];
  for (const bucket of sorted) {
    const last = merged.at(-1);
    if (last?.upperBound === bucket.upperBound) merged[merged.length - 1] = { ...last, count: last.count + bucket.count };
    else merged.push(bucket);
  }
  return merged;
}

/** Raises a count that is smaller than one before it: scrapes are not atomic across series. */
function monotonic(buckets: readonly Bucket[]): Bucket[] {
  let highest = Number.NEGATIVE_INFINITY;
  return buckets.map((bucket, index) => {
    highest = index === 0 ? bucket.count : bucket.count > highest ? bucket.count : highest;
    return bucket.count < highest ? { ...bucket, count: highest } : bucket;
  });
}

function parseBound(text: string): number | undefined {
  if (/^\+?inf(inity)?$/i.test(text)) return Number.POSITIVE_INFINITY;
  if (/^-inf(inity)?$/i.test(text)) return Number.NEGATIVE_INFINITY;
  if (text.trim() === '' || text !== text.trim()) return undefined;
  const bound = Number(text);
  return Number.isNaN(bound) ? undefined : bound;
}
