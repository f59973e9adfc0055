import type { Risk } from '../plan.ts';
import type { Policy } from './policy.ts';
import { asWhom, type Principal, type Rule, ruleFor, withRoles } from './rule.ts';

/** What a person may do with one remediation on one target, at the risks for which that is the same. */
export interface Explanation {
  readonly remediation: string;
  readonly target: string;
  readonly risks: readonly Risk[];
  readonly rule: Rule;
  /** The principals by which they may ask and approve, and approve what they asked for themselves; null: they may not. */
  readonly asks: Principal | null;
  readonly approves: Principal | null;
  readonly approvesOwn: Principal | null;
  readonly breaksGlass: boolean;
}

const RISKS: readonly Risk[] = ['R1', 'R2', 'R3'];

/** Every remediation and target, up to the worst risk of the remediation. `facts`: what the person is, roles left out. */
export function explain(
  policy: Policy,
  facts: Iterable<Principal>,
  remediations: readonly { readonly id: string; readonly risk: Risk }[],
  targets: readonly string[],
): readonly Explanation[] {
  const principals = withRoles(policy, facts);
  const found: Explanation[] = [];
  for (const target of targets)
    for (const { id, risk: worst } of remediations)
      for (const risk of RISKS.slice(0, RISKS.indexOf(worst) + 1)) {
        const rule = ruleFor(policy, { remediation: id, target, risk, overrides: [] });
        const one = { remediation: id, target, risks: [risk], rule, ...standingUnder(rule, principals) };
        const last = found.at(-1);
        if (last !== undefined && sameBut(last, one)) found[found.length - 1] = { ...last, risks: [...last.risks, risk] };
        else found.push(one);
      }
  return found;
}

function standingUnder(rule: Rule, principals: ReadonlySet<Principal>) {
  return {
    asks: asWhom(rule.request, principals, false) ?? null,
    approves: asWhom(rule.approve, principals, false) ?? null,
    approvesOwn: rule.requesterCounts ? (asWhom(rule.approve, principals, principals.size > 0) ?? null) : null,
    breaksGlass: rule.breakGlass !== null && principals.has(rule.breakGlass.by),
  };
}

/** The same answer for another risk of the same remediation and target. */
function sameBut(one: Explanation, other: Explanation): boolean {
  return JSON.stringify({ ...one, risks: [] }) === JSON.stringify({ ...other, risks: [] });
}
