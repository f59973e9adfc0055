import type { Certainty } from './report.ts';
import type { Cause, CheckResult, Finding, JudgeContext, Rule } from './types.ts';

/** A rule of a cause together with what it found. */
export interface Support {
  readonly rule: Rule;
  readonly finding: Finding;
}

export type Conclusion =
  | {
      readonly kind: 'concluded';
      readonly cause: Cause;
      readonly certainty: Certainty;
      readonly score: number;
      readonly support: readonly Support[];
    }
  | {
      readonly kind: 'ruled-out';
      readonly cause: Cause;
      readonly because: string;
      /** Share of its requirements that hold, 0 to 1: how near it came. */
      readonly held: number;
    }
  | { readonly kind: 'undecided'; readonly cause: Cause; readonly because: string; readonly checks: readonly string[] };

/** How much a certainty outweighs supports in the order of diagnoses. */
const CERTAINTY_SCORE: Readonly<Record<Certainty, number>> = { confirmed: 2_000, likely: 1_000, possible: 0 };

/**
 * What the results say of a cause. A requirement that is seen not to hold rules it out, even where another one could not be
 * looked at; what could not be looked at leaves it undecided, never concluded.
 */
export function conclude(cause: Cause, results: ReadonlyMap<string, CheckResult>, context: JudgeContext): Conclusion {
  const evaluate = (rules: readonly Rule[]) => rules.map((rule) => ({ rule, finding: rule.evaluate(results, context) }));
  const requires = evaluate(cause.requires);
  const contradicts = evaluate(cause.contradicts ?? []);
  const against = requires.find(({ finding }) => finding.holds === false) ?? contradicts.find(({ finding }) => finding.holds === true);
  if (against !== undefined) {
    const held = requires.filter(({ finding }) => finding.holds === true).length / requires.length;
    return { kind: 'ruled-out', cause, because: against.finding.because, held };
  }
  const blind = requires.filter(({ finding }) => finding.holds === 'unknown');
  if (blind.length > 0) {
    const checks = [...new Set(blind.flatMap(({ rule }) => rule.checks.filter((id) => !isSeen(results.get(id)))))];
    return { kind: 'undecided', cause, because: blind[0]?.finding.because ?? '', checks };
  }
  const direct = cause.direct === undefined ? [] : evaluate([cause.direct]).filter(({ finding }) => finding.holds === true);
  const supports = evaluate(cause.supports ?? []).filter(({ finding }) => finding.holds === true);
  const certainty = certaintyOf(cause, direct.length > 0);
  const support = [...requires, ...direct, ...supports];
  const score = CERTAINTY_SCORE[certainty] + support.reduce((sum, { rule }) => sum + rule.weight, 0);
  return { kind: 'concluded', cause, certainty, score, support };
}

function isSeen(result: CheckResult | undefined): boolean {
  return result !== undefined && result.facts !== null && result.verdict !== 'unknown' && result.complete;
}

function certaintyOf(cause: Cause, seenDirectly: boolean): Certainty {
  if (cause.signatureOnly === true) return 'possible';
  return seenDirectly ? 'confirmed' : 'likely';
}
