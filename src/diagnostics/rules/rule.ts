import type { Facts } from '../report.ts';
import type { Check, CheckResult, FactsOf, Finding, JudgeContext, Rule } from '../types.ts';

type Checks = Readonly<Record<string, Check>>;
type FactsOfAll<C extends Checks> = { readonly [Key in keyof C]: FactsOf<C[Key]> };

export const yes = (because: string): Finding => ({ holds: true, because });
export const no = (because: string): Finding => ({ holds: false, because });
export const cannotTell = (because: string): Finding => ({ holds: 'unknown', because });
export const decide = (holds: boolean, whenYes: string, whenNo: string): Finding => (holds ? yes(whenYes) : no(whenNo));

/**
 * A rule over the facts of checks. Unknown where one of them could not look; where one saw a part only, what was seen
 * counts and what was not seen proves nothing.
 */
export function rule<const C extends Checks>(
  checks: C,
  test: (facts: FactsOfAll<C>, context: JudgeContext) => Finding,
  { weight = 1 }: { readonly weight?: number } = {},
): Rule {
  const definitions = Object.values(checks);
  return {
    checks: definitions.map(({ id }) => id),
    definitions,
    weight,
    evaluate(results, context) {
      const seen = Object.entries(checks).map(([name, { id }]) => ({ name, id, result: results.get(id) }));
      const blind = seen.find(({ result }) => result === undefined || result.facts === null || result.verdict === 'unknown');
      if (blind !== undefined) return cannotTell(`${blind.id} could not look: ${blind.result?.summary ?? 'it was not run'}`);
      const facts = Object.fromEntries(seen.map(({ name, result }) => [name, factsOf(result)]));
      const finding = test(facts as FactsOfAll<C>, context); // a check's result is stored under its own id, so the type follows from it
      const partial = seen.find(({ result }) => result?.complete === false);
      return partial !== undefined && finding.holds === false ? cannotTell(`${partial.id} saw a part only: ${finding.because}`) : finding;
    },
  };
}

/** Holds where either of two rules does, with what that one found. */
export function either(first: Rule, second: Rule): Rule {
  return {
    checks: [...new Set([...first.checks, ...second.checks])],
    definitions: [...new Set([...first.definitions, ...second.definitions])],
    weight: Math.max(first.weight, second.weight),
    evaluate(results, context) {
      const found = first.evaluate(results, context);
      const other = second.evaluate(results, context);
      if (found.holds === true || other.holds === false) return found;
      return other;
    },
  };
}

function factsOf(result: CheckResult | undefined): Facts {
  return result?.facts ?? {};
}

/** Holds where one of the rules does. Unknown where none does and one could not look. */
export function anyOf(first: Rule, ...others: readonly Rule[]): Rule {
  const rules = [first, ...others];
  return {
    checks: [...new Set(rules.flatMap(({ checks }) => checks))],
    definitions: [...new Set(rules.flatMap(({ definitions }) => definitions))],
    weight: Math.max(...rules.map(({ weight }) => weight)),
    evaluate(results, context) {
      const findings = rules.map((one) => one.evaluate(results, context));
      const told = [true, 'unknown' as const].flatMap((holds) => findings.find((finding) => finding.holds === holds) ?? [])[0];
      return told ?? no([...new Set(findings.map(({ because }) => because))].join(' '));
    },
  };
}
