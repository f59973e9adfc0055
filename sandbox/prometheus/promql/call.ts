import type { CallExpr, Expr } from './ast.ts';
import type { Step } from './context.ts';
import { ExecutionError } from './errors.ts';
import { histogramQuantile } from './histogram.ts';
import { INSTANT_FUNCTIONS, mapValues, toScalar, toVector } from './instant-functions.ts';
import { absentLabels, labelJoin, labelReplace } from './label-functions.ts';
import { RANGE_FUNCTIONS, type RangeFunction } from './range-functions.ts';
import { type Range, selectInstant, selectRange, selectSubquery } from './selectors.ts';
import { typeOf } from './typecheck.ts';
import { refuseDuplicates, type Vector } from './values.ts';

/** How arguments are evaluated. */
interface Evaluators {
  readonly vectorAt: (expr: Expr, step: Step) => Vector;
  readonly scalarAt: (expr: Expr, step: Step) => number;
  readonly stringAt: (expr: Expr) => string;
}

/** Calls a function; time() and scalar() answer a number. */
export function call(expr: CallExpr, step: Step, evaluators: Evaluators): Vector | number {
  const args = new Arguments(expr.args.map(unwrapped), step, evaluators);
  const overRange = RANGE_FUNCTIONS.get(expr.name);
  if (overRange) return callOverRange(expr.name, overRange, args);
  const overInstant = INSTANT_FUNCTIONS.get(expr.name);
  if (overInstant) return overInstant(args.vector(0), ...args.scalars(1));
  return callSpecial(expr.name, args);
}

/** The range vector of a selector or a subquery. */
export function rangeOf(expr: Expr | undefined, step: Step, vectorAt: Evaluators['vectorAt']): Range {
  const inner = expr && unwrapped(expr);
  if (inner?.kind === 'matrix') return selectRange(inner, step);
  if (inner?.kind === 'subquery') return selectSubquery(inner, step, vectorAt);
  throw new ExecutionError('unexpected expression where a range vector is needed');
}

function callSpecial(name: string, args: Arguments): Vector | number {
  switch (name) {
    case 'time':
      return args.step.time / 1000;
    case 'scalar':
      return toScalar(args.vector(0));
    case 'vector':
      return toVector(args.scalar(0));
    case 'timestamp':
      return timestamps(args);
    case 'absent':
      return args.vector(0).length > 0 ? [] : [{ labels: absentLabels(args.exprs[0]), value: 1 }];
    case 'absent_over_time':
      return args.range(0).series.length > 0 ? [] : [{ labels: absentLabels(args.exprs[0]), value: 1 }];
    case 'histogram_quantile':
      return histogramQuantile(args.scalar(0), args.vector(1));
    case 'label_replace':
      return labelReplace(args.vector(0), args.string(1), args.string(2), args.string(3), args.string(4));
    case 'label_join':
      return labelJoin(args.vector(0), args.string(1), args.string(2), args.strings(3));
    default:
      throw new ExecutionError(`function "${name}" is not evaluated here`);
  }
}

function callOverRange(name: string, calculate: RangeFunction, args: Arguments): Vector {
  const at = args.exprs.findIndex((expr) => typeOf(expr) === 'matrix');
  const other = args.exprs.findIndex((expr) => typeOf(expr) === 'scalar');
  const range = args.range(at);
  const param = other < 0 ? 0 : args.scalar(other);
  const vector = [];
  for (const series of range.series) {
    const value = calculate(series, range, args.step.time, param);
    if (value !== undefined) vector.push({ labels: name === 'last_over_time' ? series.labels : series.labels.withoutName(), value });
  }
  return refuseDuplicates(vector);
}

/** A selector's own sample times, in seconds; for anything computed the evaluation time. */
function timestamps(args: Arguments): Vector {
  const [expr] = args.exprs;
  if (expr?.kind !== 'vector') return mapValues(args.vector(0), () => args.step.time / 1000);
  return selectInstant(expr, args.step).map(({ labels, time = args.step.time }) => ({ labels: labels.withoutName(), value: time / 1000 }));
}

class Arguments {
  readonly exprs: readonly Expr[];
  readonly step: Step;
  readonly #evaluators: Evaluators;

  constructor(exprs: readonly Expr[], step: Step, evaluators: Evaluators) {
    this.exprs = exprs;
    this.step = step;
    this.#evaluators = evaluators;
  }

  vector(index: number): Vector {
    return this.#evaluators.vectorAt(this.#at(index), this.step);
  }

  scalar(index: number): number {
    return this.#evaluators.scalarAt(this.#at(index), this.step);
  }

  scalars(from: number): number[] {
    return this.exprs.slice(from).map((expr) => this.#evaluators.scalarAt(expr, this.step));
  }

  string(index: number): string {
    return this.#evaluators.stringAt(this.#at(index));
  }

  strings(from: number): string[] {
    return this.exprs.slice(from).map((expr) => this.#evaluators.stringAt(expr));
  }

  range(index: number): Range {
    return rangeOf(this.#at(index), this.step, this.#evaluators.vectorAt);
  }

  #at(index: number): Expr {
    const expr = this.exprs[index];
    if (!expr) throw new ExecutionError('a function lacks an argument');
    return expr;
  }
}

function unwrapped(expr: Expr): Expr {
  return expr.kind === 'paren' ? unwrapped(expr.inner) : expr;
}
