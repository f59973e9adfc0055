import type { AtModifier, Expr, Shift } from './ast.ts';
import { ParseError } from './errors.ts';

/** Adds `offset`; only a selector or a subquery takes one, and only one. */
export function withOffset(expr: Expr, offset: number, text: string): Expr {
  return shifted(expr, text, 'offset modifier', (shift) => {
    if (shift.offset !== undefined) throw new ParseError(text, expr.from, 'offset may not be set multiple times');
    return { ...shift, offset };
  });
}

/** Adds `@`. */
export function withAt(expr: Expr, at: AtModifier, text: string): Expr {
  return shifted(expr, text, '@ modifier', (shift) => {
    if (shift.at !== undefined) throw new ParseError(text, expr.from, '@ <timestamp> may not be set multiple times');
    return { ...shift, at };
  });
}

/** Turns an instant selector into a range selector. */
export function withRange(expr: Expr, range: number, text: string): Expr {
  if (expr.kind !== 'vector') throw new ParseError(text, expr.from, 'ranges only allowed for vector selectors');
  if (expr.offset !== undefined) throw new ParseError(text, expr.from, 'no offset modifiers allowed before range');
  if (expr.at !== undefined) throw new ParseError(text, expr.from, 'no @ modifiers allowed before range');
  return { kind: 'matrix', from: expr.from, selector: expr, range };
}

function shifted(expr: Expr, text: string, what: string, change: (shift: Shift) => Shift): Expr {
  if (expr.kind === 'matrix') return { ...expr, selector: { ...expr.selector, ...change(shiftOf(expr.selector)) } };
  if (expr.kind === 'vector' || expr.kind === 'subquery') return { ...expr, ...change(shiftOf(expr)) };
  const reason = `${what} must be preceded by an instant vector selector or range vector selector or a subquery`;
  throw new ParseError(text, expr.from, reason);
}

function shiftOf(shift: Shift): Shift {
  return { offset: shift.offset, at: shift.at };
}
