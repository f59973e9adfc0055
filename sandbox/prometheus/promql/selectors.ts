import type { Expr, MatrixSelector, Subquery, VectorSelector } from './ast.ts';
import { DEFAULT_SUBQUERY_STEP_MS, instantOf, LOOKBACK_MS, type Step, seriesOf } from './context.ts';
import type { RangeSeries, Vector } from './values.ts';

/** A range vector and the closed interval (ms) that it was read over. */
export interface Range {
  readonly series: readonly RangeSeries[];
  readonly from: number;
  readonly to: number;
}

/** The youngest sample of each series, at most 5 minutes old and not marked stale. */
export function selectInstant(selector: VectorSelector, step: Step): Vector {
  const time = instantOf(selector, step);
  const vector = [];
  for (const series of seriesOf(selector, step.query)) {
    const point = series.at(time, LOOKBACK_MS);
    if (point) vector.push({ labels: series.labels, value: point.value, time: point.time });
  }
  return vector;
}

/** All samples of a range, both ends included (Prometheus 2.42; later versions leave the start out). */
export function selectRange(selector: MatrixSelector, step: Step): Range {
  const to = instantOf(selector.selector, step);
  const from = to - selector.range;
  const series: RangeSeries[] = [];
  for (const candidate of seriesOf(selector.selector, step.query)) {
    const samples = candidate.window(from, to);
    if (samples.times.length > 0) series.push({ labels: candidate.labels, ...samples });
  }
  return { series, from, to };
}

/** Evaluates a subquery at the multiples of its step within its range. */
export function selectSubquery(subquery: Subquery, step: Step, evaluate: (expr: Expr, step: Step) => Vector): Range {
  const to = instantOf(subquery, step);
  const from = to - subquery.range;
  const every = subquery.step ?? DEFAULT_SUBQUERY_STEP_MS;
  const collected = new Map<string, { labels: RangeSeries['labels']; times: number[]; values: number[] }>();
  for (let time = Math.ceil(from / every) * every; time <= to; time += every) {
    for (const { labels, value } of remembered(subquery, { ...step, time }, evaluate)) {
      const entry = collected.get(labels.key) ?? { labels, times: [], values: [] };
      entry.times.push(time);
      entry.values.push(value);
      collected.set(labels.key, entry);
    }
  }
  const series = [...collected.values()].map(({ labels, times, values }) => ({
    labels,
    times: Float64Array.from(times),
    values: Float64Array.from(values),
  }));
  return { series, from, to };
}

function remembered(subquery: Subquery, step: Step, evaluate: (expr: Expr, step: Step) => Vector): Vector {
  let known = step.query.subqueries.get(subquery);
  if (!known) {
    known = new Map();
    step.query.subqueries.set(subquery, known);
  }
  let vector = known.get(step.time);
  if (!vector) {
    vector = evaluate(subquery.inner, step);
    known.set(step.time, vector);
  }
  return vector;
}
