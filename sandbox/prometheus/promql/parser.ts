import type { SyntaxNode } from '@lezer/common';
import { parser as grammar } from '@prometheus-io/lezer-promql';
import { METRIC_NAME } from '../labels.ts';
import { createMatcher, type Matcher, type MatchOperator } from '../matchers.ts';
import { RegexError } from '../regex.ts';
import { AGGREGATORS, type AggregateExpr, type BinaryOperator, type Expr, type Matching } from './ast.ts';
import { ParseError } from './errors.ts';
import { LiteralError, parseDuration, parseNumber, unquote } from './literals.ts';
import { withAt, withOffset, withRange } from './modifiers.ts';
import { climb, type Operator, type Piece } from './precedence.ts';
import { checkTypes } from './typecheck.ts';

const BINARY_OPERATORS: Readonly<Record<string, BinaryOperator>> = {
  Pow: '^',
  Mul: '*',
  Div: '/',
  Mod: '%',
  Atan2: 'atan2',
  Add: '+',
  Sub: '-',
  Eql: '==',
  Gte: '>=',
  Gtr: '>',
  Lte: '<=',
  Lss: '<',
  Neq: '!=',
  And: 'and',
  Unless: 'unless',
  Or: 'or',
};

/**
 * Reads a query with Prometheus' own grammar and checks it as Prometheus 2.42 does.
 * What newer servers added (other operators, durations as numbers) is refused like any unknown text: ParseError.
 */
export function parseQuery(text: string): Expr {
  const expr = readExpression(text);
  checkTypes(expr, text);
  return expr;
}

function readExpression(text: string): Expr {
  const root = grammar.parse(text).topNode;
  refuseErrors(root, text);
  const body = root.firstChild;
  if (!body) throw new ParseError(text, 0, 'no expression found in input');
  return new Reader(text).expression(body);
}

/** Reads a series selector such as the API's `match[]`; whether it may select everything is for the caller to say. */
export function parseSelector(text: string): readonly Matcher[] {
  const expr = readExpression(text);
  if (expr.kind !== 'vector' || expr.offset !== undefined || expr.at !== undefined)
    throw new ParseError(text, 0, 'unexpected expression, expected a series selector');
  return expr.matchers;
}

function refuseErrors(root: SyntaxNode, text: string): void {
  if (text.trim() === '') throw new ParseError(text, text.length, 'no expression found in input');
  root.cursor().iterate((node) => {
    if (!node.type.isError) return;
    const called = /([A-Za-z_:][\w:]*)\s*$/.exec(text.slice(0, node.from));
    if (text[node.from] === '(' && called?.[1]) throw new ParseError(text, called.index, `unknown function with name "${called[1]}"`);
    const rest = text.slice(node.from).trim();
    const found = rest === '' ? 'end of input' : `${JSON.stringify(/^[\w:.]+|^./.exec(rest)?.[0])}`;
    throw new ParseError(text, node.from, `unexpected ${found}`);
  });
}

class Reader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  expression(node: SyntaxNode): Expr {
    return climb(this.#pieces(node));
  }

  #pieces(node: SyntaxNode): Piece[] {
    switch (node.name) {
      case 'BinaryExpr':
        return this.#binaryPieces(node);
      case 'UnaryExpr':
        return [{ kind: 'sign', from: node.from, negate: this.#slice(node).startsWith('-') }, ...this.#pieces(this.#last(node))];
      case 'NumberDurationLiteral':
        return this.#numberPieces(node);
      case 'OffsetExpr':
        return this.#modified(node, (expr) => withOffset(expr, this.#duration(this.#last(node)), this.#text));
      case 'StepInvariantExpr':
        return this.#modified(node, (expr) => withAt(expr, this.#instant(node), this.#text));
      case 'MatrixSelector':
        return this.#modified(node, (expr) => withRange(expr, this.#duration(this.#last(node)), this.#text));
      case 'SubqueryExpr':
        return this.#modified(node, (inner) => this.#subquery(node, inner));
      default:
        return [{ kind: 'operand', expr: this.#primary(node) }];
    }
  }

  /** What follows an operand (offset, @, a range) belongs to the last operand of the chain alone. */
  #modified(node: SyntaxNode, modify: (expr: Expr) => Expr): Piece[] {
    const pieces = this.#pieces(this.#first(node));
    const last = pieces.pop();
    if (last?.kind !== 'operand') throw this.#unexpected(node);
    return [...pieces, { kind: 'operand', expr: modify(last.expr) }];
  }

  #primary(node: SyntaxNode): Expr {
    switch (node.name) {
      case 'ParenExpr':
        return { kind: 'paren', from: node.from, inner: this.expression(this.#first(node)) };
      case 'StringLiteral':
        return { kind: 'string', from: node.from, value: this.#string(node) };
      case 'VectorSelector':
        return { kind: 'vector', from: node.from, matchers: this.#matchers(node), offset: undefined, at: undefined };
      case 'FunctionCall':
        return { kind: 'call', from: node.from, name: this.#slice(this.#first(node)), args: this.#args(this.#last(node)) };
      case 'AggregateExpr':
        return this.#aggregate(node);
      default:
        throw this.#unexpected(node);
    }
  }

  #binaryPieces(node: SyntaxNode): Piece[] {
    const left = this.#first(node);
    const right = this.#last(node);
    const symbol = left.nextSibling;
    const operator = symbol && BINARY_OPERATORS[symbol.name];
    if (!symbol || !operator || node.getChild('FillModifier')) throw this.#unexpected(symbol ?? node);
    const between: Operator = {
      operator,
      operatorAt: symbol.from,
      returnBool: node.getChild('BoolModifier') !== null,
      matching: this.#matching(node),
    };
    return [...this.#pieces(left), { kind: 'operator', operator: between }, ...this.#pieces(right)];
  }

  #matching(node: SyntaxNode): Matching {
    const clause = node.getChild('MatchingModifierClause');
    if (!clause) return { on: false, labels: [], many: 'none', include: [] };
    const [labels, include] = clause.getChildren('GroupingLabels');
    const many = clause.getChild('GroupLeft') ? 'left' : clause.getChild('GroupRight') ? 'right' : 'none';
    return { on: clause.getChild('On') !== null, labels: this.#labels(labels), many, include: this.#labels(include) };
  }

  #aggregate(node: SyntaxNode): AggregateExpr {
    const name = this.#slice(this.#first(node)).toLowerCase();
    const operator = AGGREGATORS.find((candidate) => candidate === name);
    const body = node.getChild('FunctionCallBody');
    if (!operator || !body) throw new ParseError(this.#text, node.from, `unknown function with name "${name}"`);
    const modifier = node.getChild('AggregateModifier');
    const args = this.#args(body);
    const expected = ['topk', 'bottomk', 'quantile', 'count_values'].includes(operator) ? 2 : 1;
    const inner = args.at(-1);
    if (args.length !== expected || !inner) {
      const reason = `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${args.length}`;
      throw new ParseError(this.#text, node.from, reason);
    }
    const without = modifier?.getChild('Without') != null;
    const labels = this.#labels(modifier?.getChild('GroupingLabels'));
    return { kind: 'aggregate', from: node.from, operator, without, labels, param: expected === 2 ? args[0] : undefined, inner };
  }

  #subquery(node: SyntaxNode, inner: Expr): Expr {
    const [range, step] = node.getChildren('DurationExpr');
    if (!range) throw this.#unexpected(node);
    const stepMs = step ? this.#duration(step) : undefined;
    return { kind: 'subquery', from: inner.from, inner, range: this.#duration(range), step: stepMs, offset: undefined, at: undefined };
  }

  #matchers(node: SyntaxNode): readonly Matcher[] {
    const name = node.getChild('Identifier');
    const list = node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? [];
    const quoted =
      node.getChild('LabelMatchers')?.getChild('QuotedLabelName') ?? node.getChild('LabelMatchers')?.getChild('QuotedLabelMatcher');
    if (quoted) throw this.#unexpected(quoted);
    const matchers = list.map((matcher) => this.#matcher(matcher));
    if (!name) return matchers;
    const twice = matchers.find((matcher) => matcher.name === METRIC_NAME);
    const metric = this.#slice(name);
    if (twice) throw new ParseError(this.#text, node.from, `metric name must not be set twice: "${metric}" or "${twice.value}"`);
    return [...matchers, createMatcher(METRIC_NAME, '=', metric)];
  }

  #matcher(node: SyntaxNode): Matcher {
    const symbol = node.getChild('MatchOp');
    const operator = MATCH_OPERATORS.find((candidate) => symbol && candidate === this.#slice(symbol));
    if (!operator) throw this.#unexpected(node);
    try {
      return createMatcher(this.#slice(this.#first(node)), operator, this.#string(this.#last(node)));
    } catch (error) {
      if (error instanceof RegexError) throw new ParseError(this.#text, node.from, error.message);
      throw error;
    }
  }

  #args(body: SyntaxNode): readonly Expr[] {
    return children(body).map((child) => this.expression(child));
  }

  #labels(node: SyntaxNode | null | undefined): readonly string[] {
    if (!node) return [];
    const quoted = node.getChild('QuotedLabelName');
    if (quoted) throw this.#unexpected(quoted);
    return node.getChildren('LabelName').map((label) => this.#slice(label));
  }

  /** A sign is a piece of its own: the server binds it weaker than `^`. */
  #numberPieces(node: SyntaxNode): Piece[] {
    const text = this.#slice(node);
    const value = this.#number(node, text.replace(/^[+-]\s*/, ''));
    const operand: Piece = { kind: 'operand', expr: { kind: 'number', from: node.from, value } };
    return /^[+-]/.test(text) ? [{ kind: 'sign', from: node.from, negate: text.startsWith('-') }, operand] : [operand];
  }

  #number(node: SyntaxNode, text: string): number {
    if (parseDuration(text) !== undefined || text.includes('_')) throw this.#unexpected(node);
    return this.#literal(node, () => parseNumber(text));
  }

  #instant(node: SyntaxNode): number | 'start' | 'end' {
    const edge = node.getChild('AtModifierPreprocessors');
    if (edge) return edge.getChild('AtStart') ? 'start' : 'end';
    const literal = this.#last(node);
    const seconds = this.#number(literal, this.#slice(literal));
    if (!Number.isFinite(seconds)) throw new ParseError(this.#text, node.from, `timestamp out of bounds for @ modifier: ${seconds}`);
    return Math.round(seconds * 1000);
  }

  #duration(node: SyntaxNode): number {
    const text = this.#slice(node);
    const negative = node.name === 'OffsetDurationExpr' && text.startsWith('-');
    const milliseconds = parseDuration(negative ? text.slice(1).trim() : text);
    if (milliseconds === undefined) throw new ParseError(this.#text, node.from, `bad duration syntax: ${JSON.stringify(text)}`);
    if (milliseconds === 0) throw new ParseError(this.#text, node.from, 'duration must be greater than 0');
    return negative ? -milliseconds : milliseconds;
  }

  #string(node: SyntaxNode): string {
    return this.#literal(node, () => unquote(this.#slice(node)));
  }

  #literal<T>(node: SyntaxNode, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof LiteralError) throw new ParseError(this.#text, node.from, error.message);
      throw error;
    }
  }

  #slice(node: SyntaxNode): string {
    return this.#text.slice(node.from, node.to);
  }

  #first(node: SyntaxNode): SyntaxNode {
    const child = node.firstChild;
    if (!child) throw this.#unexpected(node);
    return child;
  }

  #last(node: SyntaxNode): SyntaxNode {
    const child = node.lastChild;
    if (!child) throw this.#unexpected(node);
    return child;
  }

  #unexpected(node: SyntaxNode): ParseError {
    return new ParseError(this.#text, node.from, `unexpected ${JSON.stringify(this.#slice(node))}`);
  }
}

const MATCH_OPERATORS: readonly MatchOperator[] = ['=', '!=', '=~', '!~'];

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.name !== 'LineComment') found.push(child);
  return found;
}
