import { describe, expect, it } from 'vitest';
import { labelsOf } from '../../../../sandbox/prometheus/labels.ts';
import { sampleText } from '../../../../sandbox/prometheus/numbers.ts';
import { evaluate } from '../../../../sandbox/prometheus/promql/evaluate.ts';
import { Storage } from '../../../../sandbox/prometheus/storage.ts';

/** Minute 10 of the laboratory: all samples lie 60 s apart and the youngest at the evaluation time. */
const NOW = 600_000;

function storageOf(series: Readonly<Record<string, readonly (number | 'stale' | undefined)[]>>): Storage {
  const storage = new Storage();
  for (const [selector, values] of Object.entries(series)) {
    const [, name = '', body = ''] = /^(\w+)(?:\{(.*)\})?$/.exec(selector) ?? [];
    const pairs = [...body.matchAll(/(\w+)="([^"]*)"/g)].map(([, label = '', value = '']) => [label, value]);
    const target = storage.series(labelsOf({ __name__: name, ...Object.fromEntries(pairs) }));
    for (const [index, value] of values.entries()) {
      const time = NOW - (values.length - 1 - index) * 60_000;
      if (value === 'stale') target.appendStale(time);
      else if (value !== undefined) target.append(time, value);
    }
  }
  return storage;
}

const storage = storageOf({
  'requests{pod="a",code="200"}': [0, 60, 120, 180, 240, 300],
  'requests{pod="b",code="200"}': [0, 30, 60, 30, 60, 90],
  'requests{pod="b",code="500"}': [5, 5, 5, 5, 5, 5],
  'gauge{pod="a"}': [10, 12, 14, 16, 18, 20],
  'gauge{pod="b"}': [4, 4, 4, 4, 4, 4],
  'limit{pod="a",kind="soft"}': [15],
  'gone{pod="a"}': [1, 1, 'stale', undefined],
  'late{pod="a"}': [1, undefined, undefined, undefined, undefined, undefined],
  'older{pod="a"}': [1, undefined, undefined, undefined, undefined, undefined, undefined],
  flapping: [0, 1, 0, 0, 1, Number.NaN, Number.NaN],
  'd_bucket{le="0.1"}': [50],
  'd_bucket{le="0.5"}': [90],
  'd_bucket{le="1"}': [100],
  'd_bucket{le="+Inf"}': [100],
  'slow_bucket{le="1"}': [10],
  'slow_bucket{le="10"}': [20],
  'slow_bucket{le="+Inf"}': [100],
  'silent_bucket{le="1"}': [0],
  'silent_bucket{le="+Inf"}': [0],
});

function shown(query: string): string[] | string {
  const value = evaluate(query, { time: NOW }, storage);
  if (value.type === 'string') return value.value;
  if (value.type === 'scalar') return sampleText(round(value.value));
  if (value.type === 'matrix') return value.series.map((series) => `${series.labels} ${[...series.values].join(' ')}`);
  return value.samples.map((sample) => `${sample.labels} ${sampleText(round(sample.value))}`);
}

function round(value: number): number {
  return Number.isFinite(value) ? Number(value.toPrecision(12)) : value;
}

describe.each<readonly [string, readonly (readonly [string, string[] | string])[]]>([
  [
    'selectors',
    [
      ['gauge', ['gauge{pod="a"} 20', 'gauge{pod="b"} 4']],
      ['gauge{pod!="a"}', ['gauge{pod="b"} 4']],
      ['gauge{pod=~"a|c"}', ['gauge{pod="a"} 20']],
      ['gauge offset 2m', ['gauge{pod="a"} 16', 'gauge{pod="b"} 4']],
      ['gauge{nolabel=""}', ['gauge{pod="a"} 20', 'gauge{pod="b"} 4']],
      ['gone', []],
      ['gone offset 1m', []],
      ['gone offset 2m', ['gone{pod="a"} 1']],
      ['count_over_time(gone[10m])', ['{pod="a"} 2']],
      ['late', ['late{pod="a"} 1']],
      ['older', []],
      ['gauge{pod="a"}[2m]', ['gauge{pod="a"} 16 18 20']],
    ],
  ],
  [
    'rates',
    [
      // 300 in 300 s, both edges of the range carry a sample: nothing to extrapolate
      ['rate(requests{pod="a"}[5m])', ['{code="200", pod="a"} 1']],
      ['increase(requests{pod="a"}[5m])', ['{code="200", pod="a"} 300']],
      // 0 30 60 | reset to 30 | 60 90: 60 + 30 + 60
      ['increase(requests{pod="b",code="200"}[5m])', ['{code="200", pod="b"} 150']],
      // samples at 60 s … 300 s of a 330 s window: the start is 30 s away, less than 1.1 gaps, but zero is 0 s away
      ['increase(requests{pod="a"}[330s])', ['{code="200", pod="a"} 300']],
      // the end is 90 s away: beyond 1.1 gaps, so half a gap is added: 300 * (300 + 0 + 30) / 300
      ['increase(requests{pod="a"}[390s] offset -90s)', ['{code="200", pod="a"} 330']],
      ['delta(gauge{pod="a"}[5m])', ['{pod="a"} 10']],
      ['irate(requests{pod="b",code="200"}[5m])', ['{code="200", pod="b"} 0.5']],
      ['irate(requests{pod="b",code="200"}[2m] offset 2m)', ['{code="200", pod="b"} 0.5']],
      ['idelta(gauge{pod="a"}[5m])', ['{pod="a"} 2']],
      ['rate(limit[5m])', []],
      ['resets(requests{code="200"}[5m])', ['{code="200", pod="a"} 0', '{code="200", pod="b"} 1']],
      ['changes(flapping[10m])', ['{} 4']],
    ],
  ],
  [
    'trends',
    [
      ['deriv(gauge[5m]) * 60', ['{pod="a"} 2', '{pod="b"} 0']],
      ['predict_linear(gauge[5m], 600)', ['{pod="a"} 40', '{pod="b"} 4']],
      ['predict_linear(gauge[4m] offset 1m, 0)', ['{pod="a"} 20', '{pod="b"} 4']],
    ],
  ],
  [
    'over time',
    [
      ['avg_over_time(gauge[5m])', ['{pod="a"} 15', '{pod="b"} 4']],
      ['min_over_time(gauge[5m])', ['{pod="a"} 10', '{pod="b"} 4']],
      ['max_over_time(flapping[10m])', ['{} 1']],
      ['sum_over_time(gauge[1m])', ['{pod="a"} 38', '{pod="b"} 8']],
      ['count_over_time(gauge[1m])', ['{pod="a"} 2', '{pod="b"} 2']],
      ['last_over_time(gauge[5m])', ['gauge{pod="a"} 20', 'gauge{pod="b"} 4']],
      ['quantile_over_time(0.5, gauge[5m])', ['{pod="a"} 15', '{pod="b"} 4']],
      ['max_over_time(rate(requests{pod="a"}[2m])[3m:1m])', ['{code="200", pod="a"} 1']],
    ],
  ],
  [
    'histograms',
    [
      // rank 95 of 100 lies halfway between 90 and 100: 0.5 + 0.5 * 0.5
      ['histogram_quantile(0.95, d_bucket)', ['{} 0.75']],
      ['histogram_quantile(0.25, d_bucket)', ['{} 0.05']],
      ['histogram_quantile(0.95, slow_bucket)', ['{} 10']],
      ['histogram_quantile(0.95, silent_bucket)', ['{} NaN']],
      ['histogram_quantile(0.95, d_bucket{le!="+Inf"})', ['{} NaN']],
      ['histogram_quantile(2, d_bucket)', ['{} +Inf']],
      ['histogram_quantile(0.95, gauge)', []],
    ],
  ],
  [
    'absence, time and labels',
    [
      ['absent(gauge)', []],
      ['absent(nothing{pod="x",code=~"5.."})', ['{pod="x"} 1']],
      ['absent(gone)', ['{} 1']],
      ['time()', '600'],
      ['timestamp(late)', ['{pod="a"} 300']],
      ['vector(1) > bool 2', ['{} 0']],
      ['scalar(limit)', '15'],
      ['scalar(gauge)', 'NaN'],
      ['label_replace(limit, "short", "x-$1", "kind", "(s).*")', ['limit{kind="soft", pod="a", short="x-s"} 15']],
      ['round(gauge{pod="a"} / 3, 0.5)', ['{pod="a"} 6.5']],
      ['abs(-gauge{pod="b"})', ['{pod="b"} 4']],
      ['clamp_min(gauge, 5)', ['{pod="a"} 20', '{pod="b"} 5']],
      ['clamp_max(gauge, 5)', ['{pod="a"} 5', '{pod="b"} 4']],
      ['sort(gauge)', ['gauge{pod="b"} 4', 'gauge{pod="a"} 20']],
      ['sort_desc(gauge)', ['gauge{pod="a"} 20', 'gauge{pod="b"} 4']],
    ],
  ],
  [
    'aggregations',
    [
      ['sum(gauge)', ['{} 24']],
      ['avg(gauge)', ['{} 12']],
      ['min(gauge)', ['{} 4']],
      ['max(gauge)', ['{} 20']],
      ['count(requests)', ['{} 3']],
      ['group by (pod) (requests)', ['{pod="a"} 1', '{pod="b"} 1']],
      ['stddev(gauge)', ['{} 8']],
      ['quantile(0.5, gauge)', ['{} 12']],
      ['sum by (pod) (requests)', ['{pod="a"} 300', '{pod="b"} 95']],
      ['sum without (code) (requests)', ['{pod="a"} 300', '{pod="b"} 95']],
      ['topk(1, requests)', ['requests{code="200", pod="a"} 300']],
      ['bottomk by (pod) (1, requests)', ['requests{code="200", pod="a"} 300', 'requests{code="500", pod="b"} 5']],
      ['sum(nothing)', []],
    ],
  ],
  [
    'operators',
    [
      ['1 + 2 * 3 ^ 2 - 4 % 3', '18'],
      ['-2 ^ 2', '-4'],
      ['gauge * 2', ['{pod="a"} 40', '{pod="b"} 8']],
      ['gauge > 10', ['gauge{pod="a"} 20']],
      ['10 < gauge', ['gauge{pod="a"} 20']],
      ['gauge > bool 10', ['{pod="a"} 1', '{pod="b"} 0']],
      ['gauge / on(pod) limit', ['{pod="a"} 1.33333333333']],
      ['gauge > on(pod) limit', ['{pod="a"} 20']],
      ['gauge and on(pod) limit', ['gauge{pod="a"} 20']],
      ['gauge unless on(pod) limit', ['gauge{pod="b"} 4']],
      ['sum(nothing) or vector(0)', ['{} 0']],
      ['limit or gauge', ['limit{kind="soft", pod="a"} 15', 'gauge{pod="a"} 20', 'gauge{pod="b"} 4']],
      ['requests * on(pod) group_left(kind) limit', ['{code="200", kind="soft", pod="a"} 4500']],
      ['limit * on(pod) group_right(kind) requests', ['{code="200", kind="soft", pod="a"} 4500']],
      ['requests{code="200"} - ignoring(code) gauge', ['{pod="a"} 280', '{pod="b"} 86']],
      ['-gauge{pod="b"}', ['{pod="b"} -4']],
      ['gauge{pod="b"} + gauge{pod="b"} offset 1m * 2', ['{pod="b"} 12']],
      ['"a\\tb"', 'a\tb'],
    ],
  ],
])('%s', (_subject, rows) => {
  it.each(rows)('%s', (query, expected) => {
    expect(shown(query)).toEqual(expected);
  });
});

describe('a query over a range', () => {
  it('answers one series with a point at each step that has a value', () => {
    const value = evaluate('gauge{pod="a"} > 12', { start: NOW - 300_000, end: NOW, step: 120_000 }, storage);
    expect(value).toMatchObject({ type: 'matrix' });
    if (value.type !== 'matrix') return;
    expect(value.series.map((series) => [`${series.labels}`, [...series.times], [...series.values]])).toEqual([
      ['gauge{pod="a"}', [NOW - 180_000, NOW - 60_000], [14, 18]],
    ]);
  });

  it('gives up when its time is over', () => {
    expect(() => evaluate('sum(gauge)', { time: NOW }, storage, () => true)).toThrow('query timed out in expression evaluation');
  });
});
