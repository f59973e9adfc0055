import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsOf } from '../../../../sandbox/prometheus/labels.ts';
import { evaluate } from '../../../../sandbox/prometheus/promql/evaluate.ts';
import { bucketQuantile } from '../../../../sandbox/prometheus/promql/histogram.ts';
import { extrapolated } from '../../../../sandbox/prometheus/promql/rate.ts';
import { Storage } from '../../../../sandbox/prometheus/storage.ts';

const gaps = fc.integer({ min: 1, max: 60_000 });
const counterValues = fc.array(fc.tuple(gaps, fc.nat(10_000)), { minLength: 2, maxLength: 60 });

describe('properties', () => {
  it('a counter’s rate is never negative, whatever resets it had', () => {
    fc.assert(
      fc.property(counterValues, fc.nat(120_000), fc.nat(120_000), (steps, before, after) => {
        let time = before;
        const times = Float64Array.from(steps, ([gap]) => (time += gap));
        const values = Float64Array.from(steps, ([, value]) => value);
        const rate = extrapolated({ times, values }, { from: 0, to: time + after }, true);
        expect(rate).toBeGreaterThanOrEqual(0);
        expect(rate).not.toBeNaN();
      }),
    );
  });

  it('an increase is at least what the samples show, and at most one gap more at either side', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { minLength: 2, maxLength: 40 }), fc.nat(29), fc.nat(29), (increments, before, after) => {
        let value = 0;
        const values = Float64Array.from(increments, (increment) => (value += increment));
        const times = Float64Array.from(increments, (_increment, index) => (index + before) * 1000);
        const to = (increments.length - 1 + before + after) * 1000;
        const seen = (values.at(-1) ?? 0) - (values[0] ?? 0);
        const increase = extrapolated({ times, values }, { from: 0, to }, true) ?? Number.NaN;
        const gap = seen / (increments.length - 1);
        expect(increase).toBeGreaterThanOrEqual(seen);
        expect(increase).toBeLessThanOrEqual(seen + 2.2 * gap + 1e-9);
      }),
    );
  });

  it('a quantile of a histogram grows with q and stays within the finite bounds', () => {
    const bounds = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 12 });
    const buckets = bounds.chain((upper) =>
      fc.array(fc.nat(100), { minLength: upper.length + 1, maxLength: upper.length + 1 }).map((counts) => {
        let sum = 0;
        const sorted = [...upper].sort((a, b) => a - b);
        return [...sorted, Number.POSITIVE_INFINITY].map((upperBound, index) => {
          sum += counts[index] ?? 0;
          return { upperBound, count: sum };
        });
      }),
    );
    // at exactly 0 an empty first bucket gives 0/0, in Prometheus too
    const share = fc.double({ min: Number.MIN_VALUE, max: 1, noNaN: true });
    fc.assert(
      fc.property(buckets, share, share, (histogram, p, q) => {
        fc.pre((histogram.at(-1)?.count ?? 0) > 0);
        const [low, high] = [bucketQuantile(Math.min(p, q), histogram), bucketQuantile(Math.max(p, q), histogram)];
        expect(low).toBeLessThanOrEqual(high + 1e-9);
        expect(high).toBeLessThanOrEqual(histogram.at(-2)?.upperBound ?? 0);
      }),
    );
  });

  it('a text either evaluates or is refused with a reason, it never breaks the evaluator', () => {
    const storage = new Storage();
    for (const pod of ['a', 'b'])
      for (let time = 0; time <= 600_000; time += 60_000) storage.series(labelsOf({ __name__: 'up', pod })).append(time, time);
    const word = fc.constantFrom(
      'up',
      'rate',
      'sum',
      'by',
      '(',
      ')',
      '[5m]',
      '[5m:1m]',
      '{',
      '}',
      'pod="a"',
      ',',
      '+',
      '-',
      '^',
      '>',
      'bool',
      'on',
      'or',
      '1',
      'offset 1m',
      '"x"',
      '@ 5',
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        try {
          evaluate(words.join(' '), { time: 600_000 }, storage);
        } catch (error) {
          expect(error).toHaveProperty('message', expect.stringMatching(/parse error|match|labelset|unexpected/));
          expect(error).not.toBeInstanceOf(RangeError);
          expect(error).not.toBeInstanceOf(TypeError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});
