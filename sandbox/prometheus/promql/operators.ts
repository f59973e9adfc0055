import type { BinaryOperator } from './ast.ts';

type Calculation = (left: number, right: number) => number;
type Comparison = (left: number, right: number) => boolean;

/** Operators that make a new number. */
const ARITHMETIC: Readonly<Partial<Record<BinaryOperator, Calculation>>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: Math.atan2,
};

/** Operators that keep or drop an element. */
export const COMPARING: Readonly<Partial<Record<BinaryOperator, Comparison>>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<=': (left, right) => left <= right,
  '<': (left, right) => left < right,
  '>=': (left, right) => left >= right,
  '>': (left, right) => left > right,
};

/** The value and whether a filter keeps the element; a comparison's value is its left side. */
export function combine(operator: BinaryOperator, left: number, right: number): { value: number; keep: boolean } {
  const calculate = ARITHMETIC[operator];
  if (calculate) return { value: calculate(left, right), keep: true };
  return { value: left, keep: COMPARING[operator]?.(left, right) ?? false };
}

/** Arithmetic removes the metric name; comparisons and atan2 do not (as in Prometheus 2.42). */
export function dropsName(operator: BinaryOperator): boolean {
  return ARITHMETIC[operator] !== undefined && operator !== 'atan2';
}

/** IEEE 754 pow, where 1^x is 1 even for NaN (JavaScript says NaN). */
function power(base: number, exponent: number): number {
  if (base === 1) return 1;
  if (base === -1 && !Number.isNaN(exponent) && !Number.isFinite(exponent)) return 1;
  return base ** exponent;
}
