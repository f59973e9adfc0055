import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsOf } from '../../../sandbox/prometheus/labels.ts';
import { Series } from '../../../sandbox/prometheus/series.ts';

function seriesWith(...points: readonly (readonly [number, number])[]): Series {
  const series = new Series(labelsOf({ __name__: 'm' }));
  for (const [time, value] of points) series.append(time, value);
  return series;
}

describe('a series', () => {
  it('finds the youngest sample within the lookback, edges included', () => {
    const series = seriesWith([1000, 1], [2000, 2]);
    expect(series.at(999, 500)).toBeUndefined();
    expect(series.at(1999, 500)).toBeUndefined();
    expect(series.at(2500, 500)).toEqual({ time: 2000, value: 2 });
    expect(series.at(2501, 500)).toBeUndefined();
  });

  it('is gone from its stale marker on, although the marker is not older than the lookback', () => {
    const series = seriesWith([1000, 1]);
    series.appendStale(2000);
    expect(series.at(1999, 5000)).toEqual({ time: 1000, value: 1 });
    expect(series.at(2000, 5000)).toBeUndefined();
    series.append(3000, 3);
    expect(series.at(3000, 5000)).toEqual({ time: 3000, value: 3 });
    expect([...series.window(0, 9000).times]).toEqual([1000, 3000]);
  });

  it('tells a stale marker from a NaN that was measured, also after it has grown and moved', () => {
    const series = seriesWith([1, Number.NaN]);
    series.appendStale(2);
    for (let time = 3; time < 3000; time++) series.append(time, time);
    series.merge([-1, 0], [5, Number.NaN], false);
    series.dropBefore(0);
    expect([...series.window(-5, 4).times]).toEqual([0, 1, 3, 4]);
  });

  it('refuses samples that are not younger', () => {
    const series = seriesWith([1000, 1]);
    expect(series.append(1000, 2)).toBe(false);
    expect(series.append(999, 2)).toBe(false);
    expect([...series.window(0, 2000).values]).toEqual([1]);
  });

  it('takes history before, between and after what it has, and keeps its own where times are equal', () => {
    const series = seriesWith([1000, 10], [2000, 20]);
    series.merge([100, 900, 1000, 1500], [1, 9, 99, 15], false);
    series.merge([2500], [25], false);
    expect([...series.window(0, 3000).values]).toEqual([1, 9, 10, 15, 20, 25]);
  });

  it('keeps stale markers through a merge and adds one after history that ended', () => {
    const series = seriesWith([1000, 10]);
    series.appendStale(1500);
    series.merge([200, 400], [2, 4], true);
    expect(series.at(450, 5000)).toBeUndefined();
    expect(series.at(1600, 5000)).toBeUndefined();
    expect([...series.window(0, 3000).times]).toEqual([200, 400, 1000]);
  });

  it('refuses history that is not in order or not complete', () => {
    expect(() => seriesWith().merge([2, 1], [0, 0], false)).toThrow(/ascend/);
    expect(() => seriesWith().merge([1, 2], [0], false)).toThrow(/2 times but 1 values/);
  });

  it('merges like a map in which its own samples win', () => {
    const ascending = fc.uniqueArray(fc.integer({ min: 0, max: 60 }), { maxLength: 40 }).map((times) => times.sort((a, b) => a - b));
    fc.assert(
      fc.property(ascending, ascending, ascending, (own, first, second) => {
        const series = seriesWith(...own.map((time): [number, number] => [time, 0]));
        series.merge(
          first,
          first.map(() => 1),
          false,
        );
        series.merge(
          second,
          second.map(() => 2),
          false,
        );
        const model = new Map([
          ...second.map((t) => [t, 2] as const),
          ...first.map((t) => [t, 1] as const),
          ...own.map((t) => [t, 0] as const),
        ]);
        const { times, values } = series.window(0, 100);
        expect([...times].map((time, index) => [time, values[index]])).toEqual([...model].sort(([a], [b]) => a - b));
      }),
    );
  });

  it('agrees with a plain array after any appends, markers and forgetting', () => {
    const operation = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), time: fc.integer({ min: 0, max: 500 }), value: fc.double() }),
      fc.record({ kind: fc.constant('stale' as const), time: fc.integer({ min: 0, max: 500 }), value: fc.constant(0) }),
      fc.record({ kind: fc.constant('forget' as const), time: fc.integer({ min: 0, max: 500 }), value: fc.constant(0) }),
    );
    const bounds = fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 0, max: 500 }));
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), bounds, (operations, [from, to]) => {
        const series = seriesWith();
        let model: { time: number; value: number | undefined }[] = [];
        for (const { kind, time, value } of operations) {
          if (kind === 'forget') {
            series.dropBefore(time);
            model = model.filter((point) => point.time >= time);
            continue;
          }
          const accepted = kind === 'append' ? series.append(time, value) : series.appendStale(time);
          const youngest = model.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
          expect(accepted).toBe(time > youngest);
          if (accepted) model.push({ time, value: kind === 'append' ? value : undefined });
        }
        const wanted = model.filter((point) => point.value !== undefined && point.time >= from && point.time <= to);
        expect([...series.window(from, to).times]).toEqual(wanted.map((point) => point.time));
        expect([...series.window(from, to).values]).toEqual(wanted.map((point) => point.value));
      }),
    );
  });
});
