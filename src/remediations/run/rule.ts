import type { RequestRecord } from '../approvals/record.ts';
import { type Rule, ruleFor } from '../approvals/rule.ts';
import type { Plan } from '../plan.ts';
import type { RunContext } from './context.ts';

/** What the guards of the policy look at. */
export type GuardContext = Pick<RunContext, 'store' | 'requests' | 'policy' | 'now'>;

/** The rule that the policy has now for a request and its plan. */
export function currentRule(
  { remediation, target }: RequestRecord,
  { risk, unchecked }: Plan,
  { policy }: Pick<RunContext, 'policy'>,
): Rule {
  return ruleFor(policy.current(), { remediation, target, risk, overrides: unchecked });
}
