import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heapLimit } from '../../../src/diagnostics/rules/gc-heap.ts';
import { median, trendOf } from '../../../src/diagnostics/rules/trend.ts';

describe('a trend', () => {
  it('finds any line again', () => {
    const number = fc.integer({ min: -1_000, max: 1_000 });
    fc.assert(
      fc.property(number, number, fc.integer({ min: 3, max: 60 }), (start, perHour, count) => {
        const points = Array.from({ length: count }, (_, index) => ({
          at: 1_700_000_000 + index * 60,
          value: start + (perHour * index) / 60,
        }));
        const trend = trendOf(points);
        expect(trend?.perHour).toBeCloseTo(perHour, 3);
        expect(trend?.spanSeconds).toBe((count - 1) * 60);
      }),
    );
  });

  it('is none with too few points, or all at once', () => {
    expect(trendOf([])).toBeUndefined();
    expect(trendOf([1, 2].map((at) => ({ at, value: 1 })))).toBeUndefined();
    expect(trendOf([5, 5, 5].map((at) => ({ at, value: at })))).toBeUndefined();
  });

  it.each([
    [[], null],
    [[3], 3],
    [[9, 1, 2], 2],
    [[4, 1, 2, 3], 2],
  ])('has %j in its middle: %s', (values, expected) => expect(median(values)).toBe(expected));
});

describe('the limit of the heap', () => {
  const variable = (name: string, value: string | null) => ({ name, value });
  const MIB = 2 ** 20;

  it.each([
    ["the container's limit", [], '512Mi', 384 * MIB],
    ['DOTNET_GCHeapHardLimit', [variable('DOTNET_GCHeapHardLimit', '0x4800000')], '512Mi', 72 * MIB],
    ['DOTNET_GCHeapHardLimit', [variable('COMPlus_GCHeapHardLimit', '4800000')], null, 72 * MIB],
    ['DOTNET_GCHeapHardLimitPercent', [variable('DOTNET_GCHeapHardLimitPercent', '14')], '500', 100],
    ["the container's limit", [variable('DOTNET_GCHeapHardLimitPercent', 'much')], '512Mi', 384 * MIB],
    ["the container's limit", [variable('DOTNET_GCHeapHardLimit', null)], '512Mi', 384 * MIB],
  ])('comes from %s', (from, variables, limit, bytes) => {
    expect(heapLimit(variables, limit, 0.75)).toEqual({ from, bytes });
  });

  it('is none without a limit of the container', () => expect(heapLimit([], null, 0.75)).toBeNull());
});
