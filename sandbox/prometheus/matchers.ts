import { type Labels, METRIC_NAME } from './labels.ts';
import { compileAnchored } from './regex.ts';

export type MatchOperator = '=' | '!=' | '=~' | '!~';

/** One condition on one label; an absent label has the value ''. */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  readonly matches: (value: string) => boolean;
}

/** Builds a matcher; throws RegexError when a regular expression cannot be read. */
export function createMatcher(name: string, operator: MatchOperator, value: string): Matcher {
  return { name, operator, value, matches: predicate(operator, value) };
}

function predicate(operator: MatchOperator, value: string): (candidate: string) => boolean {
  if (operator === '=') return (candidate) => candidate === value;
  if (operator === '!=') return (candidate) => candidate !== value;
  const regex = compileAnchored(value);
  return operator === '=~' ? (candidate) => regex.test(candidate) : (candidate) => !regex.test(candidate);
}

/** Whether all matchers accept the labels. */
export function matchesAll(labels: Labels, matchers: readonly Matcher[]): boolean {
  return matchers.every((matcher) => matcher.matches(labels.get(matcher.name)));
}

/** The metric name that the matchers pin with `=`, if they do. */
export function pinnedName(matchers: readonly Matcher[]): string | undefined {
  return matchers.find((matcher) => matcher.name === METRIC_NAME && matcher.operator === '=')?.value;
}
