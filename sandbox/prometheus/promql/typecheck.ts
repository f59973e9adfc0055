import { type BinaryExpr, COMPARISONS, type Expr, SET_OPERATORS } from './ast.ts';
import { ParseError } from './errors.ts';
import { SIGNATURES } from './signatures.ts';

export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix';

const DOCUMENTED: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  string: 'string',
  vector: 'instant vector',
  matrix: 'range vector',
};

/** The type of an expression's value. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar';
    case 'string':
      return 'string';
    case 'vector':
    case 'aggregate':
      return 'vector';
    case 'matrix':
    case 'subquery':
      return 'matrix';
    case 'paren':
    case 'unary':
      return typeOf(expr.inner);
    case 'call':
      return SIGNATURES.get(expr.name)?.returns ?? 'vector';
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector';
  }
}

/** Checks arguments and operands as Prometheus does before it evaluates anything; throws ParseError. */
export function checkTypes(expr: Expr, text: string): void {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return;
    case 'vector':
      if (expr.matchers.every((matcher) => matcher.matches('')))
        throw new ParseError(text, expr.from, 'vector selector must contain at least one non-empty matcher');
      return;
    case 'matrix':
      checkTypes(expr.selector, text);
      return;
    case 'paren':
      checkTypes(expr.inner, text);
      return;
    case 'subquery':
      checkTypes(expr.inner, text);
      if (typeOf(expr.inner) !== 'vector')
        throw new ParseError(text, expr.from, `subquery is only allowed on instant vector, got ${typeOf(expr.inner)} instead`);
      return;
    case 'unary':
      checkUnary(expr.inner, expr.from, text);
      return;
    case 'aggregate':
      checkTypes(expr.inner, text);
      expect(expr.inner, 'vector', 'aggregation expression', text);
      if (!expr.param) return;
      checkTypes(expr.param, text);
      expect(expr.param, expr.operator === 'count_values' ? 'string' : 'scalar', 'aggregation parameter', text);
      return;
    case 'call':
      checkCall(expr.name, expr.args, expr.from, text);
      return;
    case 'binary':
      checkBinary(expr, text);
      return;
  }
}

function expect(expr: Expr, wanted: ValueType, context: string, text: string): void {
  const type = typeOf(expr);
  if (type !== wanted) throw new ParseError(text, expr.from, `expected type ${DOCUMENTED[wanted]} in ${context}, got ${DOCUMENTED[type]}`);
}

function checkUnary(inner: Expr, from: number, text: string): void {
  checkTypes(inner, text);
  const type = typeOf(inner);
  if (type === 'scalar' || type === 'vector') return;
  const reason = `unary expression only allowed on expressions of type scalar or instant vector, got "${DOCUMENTED[type]}"`;
  throw new ParseError(text, from, reason);
}

function checkCall(name: string, args: readonly Expr[], from: number, text: string): void {
  const signature = SIGNATURES.get(name);
  if (!signature) throw new ParseError(text, from, `unknown function with name "${name}"`);
  const { takes, optional = 0, repeats = false } = signature;
  const least = takes.length - optional - (repeats ? 1 : 0);
  const exact = optional === 0 && !repeats;
  if (args.length < least || (!repeats && args.length > takes.length)) {
    const amount = exact ? `${takes.length}` : args.length < least ? `at least ${least}` : `at most ${takes.length}`;
    throw new ParseError(text, from, `expected ${amount} argument(s) in call to "${name}", got ${args.length}`);
  }
  for (const [index, arg] of args.entries()) {
    checkTypes(arg, text);
    expect(arg, takes[index] ?? takes.at(-1) ?? 'vector', `call to function "${name}"`, text);
  }
}

function checkBinary(expr: BinaryExpr, text: string): void {
  checkTypes(expr.left, text);
  checkTypes(expr.right, text);
  const atOperator = operatorProblem(expr, typeOf(expr.left), typeOf(expr.right));
  if (atOperator) throw new ParseError(text, expr.operatorAt, atOperator);
  const problem = operandProblem(expr, typeOf(expr.left), typeOf(expr.right));
  if (problem) throw new ParseError(text, expr.from, problem);
}

function operatorProblem({ operator, matching, returnBool }: BinaryExpr, left: ValueType, right: ValueType): string | undefined {
  const comparison = COMPARISONS.includes(operator);
  if (returnBool && !comparison) return 'bool modifier can only be used on comparison operators';
  if (comparison && !returnBool && left === 'scalar' && right === 'scalar') return 'comparisons between scalars must use BOOL modifier';
  const both = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined;
  return both === undefined ? undefined : `label "${both}" must not occur in ON and GROUP clause at once`;
}

function operandProblem({ operator, matching }: BinaryExpr, left: ValueType, right: ValueType): string | undefined {
  const set = SET_OPERATORS.includes(operator);
  if (![left, right].every((type) => type === 'scalar' || type === 'vector'))
    return 'binary expression must contain only scalar and instant vector types';
  if (left === 'scalar' || right === 'scalar') {
    if (matching.labels.length > 0) return 'vector matching only allowed between instant vectors';
    if (set) return `set operator "${operator}" not allowed in binary scalar expression`;
  }
  return set && matching.many !== 'none' ? `no grouping allowed for "${operator}" operation` : undefined;
}
