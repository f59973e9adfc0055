import type { BinaryExpr, BinaryOperator, Expr } from './ast.ts';

/** What stands between two operands. */
export type Operator = Pick<BinaryExpr, 'operator' | 'operatorAt' | 'returnBool' | 'matching'>;

/** A piece of a chain of operators that is free of parentheses. */
export type Piece =
  | { readonly kind: 'operand'; readonly expr: Expr }
  | { readonly kind: 'sign'; readonly from: number; readonly negate: boolean }
  | { readonly kind: 'operator'; readonly operator: Operator };

const POWER_LEVEL = 6;
const SIGN_LEVEL = 5;
const LEVELS: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<=': 3,
  '<': 3,
  '>=': 3,
  '>': 3,
  '+': 4,
  '-': 4,
  '*': SIGN_LEVEL,
  '/': SIGN_LEVEL,
  '%': SIGN_LEVEL,
  atan2: SIGN_LEVEL,
  '^': POWER_LEVEL,
};

/**
 * Builds the tree of a chain by the precedences of Prometheus' own (yacc) parser.
 * The editor grammar reads `a + b offset 5m` as `(a + b) offset 5m` and `-3^2` as `(-3)^2`;
 * the server does neither, so its tree is taken apart and built anew here.
 */
export function climb(pieces: readonly Piece[]): Expr {
  const cursor = { pieces, index: 0 };
  return expression(cursor, 1);
}

interface Cursor {
  readonly pieces: readonly Piece[];
  index: number;
}

function expression(cursor: Cursor, minimum: number): Expr {
  let left = operand(cursor);
  for (;;) {
    const next = cursor.pieces[cursor.index];
    if (next?.kind !== 'operator') return left;
    const level = LEVELS[next.operator.operator];
    if (level < minimum) return left;
    cursor.index++;
    const right = expression(cursor, level === POWER_LEVEL ? level : level + 1);
    left = { kind: 'binary', from: left.from, ...next.operator, left, right };
  }
}

function operand(cursor: Cursor): Expr {
  const piece = cursor.pieces[cursor.index++];
  if (piece?.kind === 'operand') return piece.expr;
  if (piece?.kind !== 'sign') throw new RangeError('an operator without its operand');
  return { kind: 'unary', from: piece.from, negate: piece.negate, inner: expression(cursor, SIGN_LEVEL + 1) };
}
