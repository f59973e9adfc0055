import type { Matcher } from '../matchers.ts';

/** An expression of PromQL. Durations are milliseconds; `from` is where it begins in the text, for messages. */
export type Expr =
  | { readonly kind: 'number'; readonly from: number; readonly value: number }
  | { readonly kind: 'string'; readonly from: number; readonly value: string }
  | VectorSelector
  | MatrixSelector
  | Subquery
  | { readonly kind: 'paren'; readonly from: number; readonly inner: Expr }
  | { readonly kind: 'unary'; readonly from: number; readonly negate: boolean; readonly inner: Expr }
  | BinaryExpr
  | CallExpr
  | AggregateExpr;

/** `@ 1609746000`, `@ start()`, `@ end()`: the instant in milliseconds, or an edge of the query. */
export type AtModifier = number | 'start' | 'end';

export interface Shift {
  readonly offset: number | undefined;
  readonly at: AtModifier | undefined;
}

export interface VectorSelector extends Shift {
  readonly kind: 'vector';
  readonly from: number;
  readonly matchers: readonly Matcher[];
}

export interface MatrixSelector {
  readonly kind: 'matrix';
  readonly from: number;
  readonly selector: VectorSelector;
  readonly range: number;
}

export interface Subquery extends Shift {
  readonly kind: 'subquery';
  readonly from: number;
  readonly inner: Expr;
  readonly range: number;
  readonly step: number | undefined;
}

export type BinaryOperator = 'or' | 'and' | 'unless' | '==' | '!=' | '<=' | '<' | '>=' | '>' | '+' | '-' | '*' | '/' | '%' | 'atan2' | '^';

export interface Matching {
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Which side may have several matches: `group_left` is left. */
  readonly many: 'none' | 'left' | 'right';
  readonly include: readonly string[];
}

export interface BinaryExpr {
  readonly kind: 'binary';
  readonly from: number;
  readonly operator: BinaryOperator;
  /** Where the operator stands in the text. */
  readonly operatorAt: number;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  readonly matching: Matching;
}

export interface CallExpr {
  readonly kind: 'call';
  readonly from: number;
  readonly name: string;
  readonly args: readonly Expr[];
}

export const AGGREGATORS = [
  'sum',
  'min',
  'max',
  'avg',
  'count',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'quantile',
  'count_values',
] as const;
export type Aggregator = (typeof AGGREGATORS)[number];

export interface AggregateExpr {
  readonly kind: 'aggregate';
  readonly from: number;
  readonly operator: Aggregator;
  readonly without: boolean;
  readonly labels: readonly string[];
  readonly param: Expr | undefined;
  readonly inner: Expr;
}

export const COMPARISONS: readonly BinaryOperator[] = ['==', '!=', '<=', '<', '>=', '>'];
export const SET_OPERATORS: readonly BinaryOperator[] = ['and', 'or', 'unless'];
