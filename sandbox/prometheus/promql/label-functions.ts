import { Labels, METRIC_NAME, NO_LABELS } from '../labels.ts';
import { compileAnchored, RegexError } from '../regex.ts';
import type { Expr } from './ast.ts';
import { ExecutionError } from './errors.ts';
import type { Vector } from './values.ts';

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** label_replace: sets `target` to `replacement` ($1, ${name}) where `pattern` matches the whole of `source`'s value. */
export function labelReplace(vector: Vector, target: string, replacement: string, source: string, pattern: string): Vector {
  const regex = compile(pattern);
  if (!LABEL_NAME.test(target)) throw new ExecutionError(`invalid destination label name in label_replace(): ${target}`);
  return vector.map(({ labels, value }) => {
    const found = regex.exec(labels.get(source));
    return { labels: found ? labels.with(target, expand(replacement, found)) : labels, value };
  });
}

/** label_join: sets `target` to the values of the sources, joined. */
export function labelJoin(vector: Vector, target: string, separator: string, sources: readonly string[]): Vector {
  const wrong = sources.find((source) => !LABEL_NAME.test(source));
  if (wrong !== undefined) throw new ExecutionError(`invalid source label name in label_join(): ${wrong}`);
  if (!LABEL_NAME.test(target)) throw new ExecutionError(`invalid destination label name in label_join(): ${target}`);
  return vector.map(({ labels, value }) => {
    return { labels: labels.with(target, sources.map((source) => labels.get(source)).join(separator)), value };
  });
}

/** The labels of what absent() reports: those that the selector pins with `=` exactly once. */
export function absentLabels(expr: Expr | undefined): Labels {
  const selector = expr?.kind === 'matrix' ? expr.selector : expr;
  if (selector?.kind !== 'vector') return NO_LABELS;
  const pinned = new Map<string, string>();
  for (const { name, operator, value } of selector.matchers) {
    if (name === METRIC_NAME) continue;
    if (operator === '=' && !pinned.has(name)) pinned.set(name, value);
    else pinned.set(name, '');
  }
  return new Labels(pinned);
}

function compile(pattern: string): RegExp {
  try {
    return compileAnchored(pattern);
  } catch (error) {
    if (error instanceof RegexError) throw new ExecutionError(`invalid regular expression in label_replace(): ${pattern}`);
    throw error;
  }
}

/** Go's template: $1, $name (as long a name as possible), ${1}, ${name}, $$; an unknown group is empty. */
function expand(template: string, found: RegExpExecArray): string {
  return template.replace(/\$(?:(\$)|(\w+)|\{(\w+)\})/g, (_whole, dollar, bare, braced) => {
    if (dollar !== undefined) return '$';
    const name = String(bare ?? braced);
    return (/^\d+$/.test(name) ? found[Number(name)] : found.groups?.[name]) ?? '';
  });
}
