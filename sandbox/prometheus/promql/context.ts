import type { Series } from '../series.ts';
import type { Queryable } from '../storage.ts';
import type { Subquery, VectorSelector } from './ast.ts';
import { QueryTimeout } from './errors.ts';
import type { Vector } from './values.ts';

/** How far back an instant selector looks for a sample: Prometheus' default, 5 minutes. */
export const LOOKBACK_MS = 5 * 60_000;
/** The step of a subquery that names none: the default evaluation interval, 1 minute. */
export const DEFAULT_SUBQUERY_STEP_MS = 60_000;

/** What is the same for all steps of one query. */
export interface Query {
  readonly storage: Queryable;
  readonly start: number;
  readonly end: number;
  readonly selected: Map<VectorSelector, readonly Series[]>;
  readonly subqueries: Map<Subquery, Map<number, Vector>>;
  /** Whether the caller's patience has ended. */
  readonly expired: () => boolean;
}

/** One step: the query and the instant (ms) at which it is evaluated. */
export interface Step {
  readonly query: Query;
  readonly time: number;
}

/** The series of a selector, looked up once a query. */
export function seriesOf(selector: VectorSelector, query: Query): readonly Series[] {
  let series = query.selected.get(selector);
  if (!series) {
    if (query.expired()) throw new QueryTimeout();
    series = query.storage.select(selector.matchers);
    query.selected.set(selector, series);
  }
  return series;
}

/** The instant that a selector with `@` and `offset` looks at. */
export function instantOf(shift: Pick<VectorSelector, 'at' | 'offset'>, step: Step): number {
  const { at, offset = 0 } = shift;
  const base = at === undefined ? step.time : at === 'start' ? step.query.start : at === 'end' ? step.query.end : at;
  return base - offset;
}
