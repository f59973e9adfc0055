import { compareLabels } from '../labels.ts';
import type { Queryable } from '../storage.ts';
import { aggregate } from './aggregations.ts';
import type { AggregateExpr, BinaryExpr, Expr } from './ast.ts';
import { SET_OPERATORS } from './ast.ts';
import { betweenScalars, betweenVectors, setOperation, withScalar } from './binary.ts';
import { call, rangeOf } from './call.ts';
import type { Query, Step } from './context.ts';
import { BadQuery, ExecutionError, QueryTimeout } from './errors.ts';
import { mapValues, toVector } from './instant-functions.ts';
import { parseQuery } from './parser.ts';
import { selectInstant } from './selectors.ts';
import { typeOf } from './typecheck.ts';
import { type RangeSeries, refuseDuplicates, type Value, type Vector } from './values.ts';

/** When to evaluate (ms since the epoch): once, or at each step from start to end. */
export type Times = { readonly time: number } | { readonly start: number; readonly end: number; readonly step: number };

/**
 * Evaluates a PromQL expression as Prometheus 2.42 does. Throws BadQuery for a text that is no valid query,
 * ExecutionError where the data make it impossible and QueryTimeout once `expired` answers true.
 */
export function evaluate(text: string, times: Times, storage: Queryable, expired: () => boolean = () => false): Value {
  const expr = parseQuery(text);
  const [start, end] = 'time' in times ? [times.time, times.time] : [times.start, times.end];
  const query: Query = { storage, start, end, selected: new Map(), subqueries: new Map(), expired };
  if ('time' in times) return evaluateOnce(expr, { query, time: times.time });
  const type = typeOf(expr);
  if (type !== 'scalar' && type !== 'vector') {
    const shown = type === 'matrix' ? 'range vector' : 'string';
    throw new BadQuery(`invalid expression type "${shown}" for range query, must be Scalar or instant Vector`);
  }
  return { type: 'matrix', series: evaluateSteps(expr, query, times.step) };
}

function evaluateOnce(expr: Expr, step: Step): Value {
  const { time } = step;
  switch (typeOf(expr)) {
    case 'scalar':
      return { type: 'scalar', time, value: scalarAt(expr, step) };
    case 'string':
      return { type: 'string', time, value: stringAt(expr) };
    case 'matrix':
      return { type: 'matrix', series: [...rangeOf(expr, step, vectorAt).series].sort((a, b) => compareLabels(a.labels, b.labels)) };
    case 'vector':
      return { type: 'vector', time, samples: vectorAt(expr, step) };
  }
}

function evaluateSteps(expr: Expr, query: Query, every: number): RangeSeries[] {
  const collected = new Map<string, { labels: RangeSeries['labels']; times: number[]; values: number[] }>();
  for (let time = query.start; time <= query.end; time += every) {
    for (const { labels, value } of vectorAt(expr, { query, time })) {
      const entry = collected.get(labels.key) ?? { labels, times: [], values: [] };
      entry.times.push(time);
      entry.values.push(value);
      collected.set(labels.key, entry);
    }
  }
  return [...collected.values()]
    .sort((a, b) => compareLabels(a.labels, b.labels))
    .map(({ labels, times, values }) => ({ labels, times: Float64Array.from(times), values: Float64Array.from(values) }));
}

/** The instant vector of an expression; a scalar becomes one element without labels. */
function vectorAt(expr: Expr, step: Step): Vector {
  if (step.query.expired()) throw new QueryTimeout();
  if (typeOf(expr) === 'scalar') return toVector(scalarAt(expr, step));
  switch (expr.kind) {
    case 'paren':
      return vectorAt(expr.inner, step);
    case 'vector':
      return selectInstant(expr, step);
    case 'unary':
      return expr.negate ? refuseDuplicates(mapValues(vectorAt(expr.inner, step), (value) => -value)) : vectorAt(expr.inner, step);
    case 'binary':
      return refuseDuplicates(binary(expr, step));
    case 'aggregate':
      return refuseDuplicates(aggregation(expr, step));
    case 'call': {
      const result = call(expr, step, { vectorAt, scalarAt, stringAt });
      return typeof result === 'number' ? toVector(result) : refuseDuplicates(result);
    }
    default:
      throw new ExecutionError(`unexpected ${expr.kind} where an instant vector is needed`);
  }
}

function scalarAt(expr: Expr, step: Step): number {
  switch (expr.kind) {
    case 'number':
      return expr.value;
    case 'paren':
      return scalarAt(expr.inner, step);
    case 'unary':
      return expr.negate ? -scalarAt(expr.inner, step) : scalarAt(expr.inner, step);
    case 'binary':
      return betweenScalars(expr.operator, scalarAt(expr.left, step), scalarAt(expr.right, step));
    case 'call': {
      const result = call(expr, step, { vectorAt, scalarAt, stringAt });
      if (typeof result === 'number') return result;
      throw new ExecutionError(`unexpected vector where a scalar is needed: ${expr.name}()`);
    }
    default:
      throw new ExecutionError(`unexpected ${expr.kind} where a scalar is needed`);
  }
}

function stringAt(expr: Expr): string {
  if (expr.kind === 'paren') return stringAt(expr.inner);
  if (expr.kind === 'string') return expr.value;
  throw new ExecutionError(`unexpected ${expr.kind} where a string is needed`);
}

function binary(expr: BinaryExpr, step: Step): Vector {
  if (typeOf(expr.left) === 'scalar') return withScalar(expr, vectorAt(expr.right, step), scalarAt(expr.left, step), true);
  if (typeOf(expr.right) === 'scalar') return withScalar(expr, vectorAt(expr.left, step), scalarAt(expr.right, step), false);
  const [left, right] = [vectorAt(expr.left, step), vectorAt(expr.right, step)];
  return SET_OPERATORS.includes(expr.operator) ? setOperation(expr, left, right) : betweenVectors(expr, left, right);
}

function aggregation(expr: AggregateExpr, step: Step): Vector {
  const { param } = expr;
  const value = param && (typeOf(param) === 'string' ? stringAt(param) : scalarAt(param, step));
  return aggregate(expr.operator, expr, vectorAt(expr.inner, step), value);
}
