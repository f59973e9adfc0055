import { budgetOf } from '../approvals/policy.ts';
import type { RequestRecord } from '../approvals/record.ts';
import { refuse } from '../guards/refusal.ts';
import type { Plan, Refused } from '../plan.ts';
import type { GuardContext } from './rule.ts';

/**
 * Refuses for a while after something was done to the same thing, and after the same remediation failed on the target, so
 * that its effect can be seen. Taking back what was done is always possible.
 */
export async function cooldownGuard(record: RequestRecord, plan: Plan, context: GuardContext): Promise<Refused | undefined> {
  if (record.undoes !== null) return undefined;
  const { cooldownSeconds } = budgetOf(context.policy.current(), record.target);
  const left = (at: Date) => Math.ceil(cooldownSeconds - (context.now().getTime() - at.getTime()) / 1000);
  const same = await context.requests.lastExecution(record.target, plan.identity, [record.id]);
  const failed = await context.requests.lastFailure(record.target, record.remediation);
  if (same !== null && same.id !== failed?.id && left(same.executed_at) > 0)
    return refuse(
      'cool-down',
      `\`${same.remediation}\` was ${same.undoes === null ? 'carried out on' : 'taken back from'} the same thing ${ago(same.executed_at, context)} ago.`,
      `Let it show first: it can be changed again in ${duration(left(same.executed_at))}.${same.undoes === null ? ' Undo in the message of that request is possible at any time, where it has one.' : ''}`,
    );
  if (failed !== null && left(failed.executed_at) > 0)
    return refuse(
      'cool-down-after-failure',
      `\`${record.remediation}\` failed ${ago(failed.executed_at, context)} ago.`,
      `Find out why first: it can be asked for again in ${duration(left(failed.executed_at))}.`,
    );
  return undefined;
}

function ago(at: Date, context: GuardContext): string {
  return duration(Math.max(0, Math.round((context.now().getTime() - at.getTime()) / 1000)));
}

/** Seconds as people say them. */
export function duration(seconds: number): string {
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
}
