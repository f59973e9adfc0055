import { findOpenFix, holdTarget, listDisruptions } from '../../store/disruptions.ts';
import { findMessage } from '../../store/messages.ts';
import type { Queryable } from '../../store/pool.ts';
import { threadRootKey } from '../../store/threads.ts';
import { openWindow } from '../approvals/freeze-window.ts';
import { budgetOf } from '../approvals/policy.ts';
import type { RequestRecord } from '../approvals/record.ts';
import { asWhom, type Rule, resolve, withRoles } from '../approvals/rule.ts';
import { refuse } from '../guards/refusal.ts';
import type { Plan, Refusal, Refused } from '../plan.ts';
import { cooldownGuard, duration } from './cooldown.ts';
import { currentRule, type GuardContext } from './rule.ts';

const HOUR_MS = 3_600_000;

/**
 * What the policy of this moment has against a plan, asked before approval and again before the first step. Taking back what
 * was done is held to who may ask alone: neither to a freeze window nor to rest or budget, because it puts back what was there.
 */
export async function policyGuard(record: RequestRecord, plan: Plan, context: GuardContext): Promise<Refused | undefined> {
  const rule = currentRule(record, plan, context);
  return (
    requesterGuard(record, plan, rule, context) ??
    windowGuard(record, rule, context) ??
    (await cooldownGuard(record, plan, context)) ??
    budgetGuard(context.store, record, plan, context)
  );
}

function requesterGuard(record: RequestRecord, plan: Plan, rule: Rule, { policy }: GuardContext): Refused | undefined {
  const current = policy.current();
  if (asWhom(rule.request, withRoles(current, record.requesterPrincipals), false) === undefined)
    return refuse(
      'may-not-ask',
      `The requester may not ask for this at risk ${plan.risk} (rule "${rule.name}" of the policy).`,
      `Ask one of those who may: ${resolve(current, rule.request).join(', ')}.`,
    );
  if (rule.approvers.length === 0)
    return refuse(
      'nobody-may-approve',
      `The policy names nobody who may approve this (rule "${rule.name}").`,
      'Whoever runs the bot names approvers in the policy, or sets APPROVERS_USERGROUP.',
    );
  if (plan.unchecked.length > 0 && !rule.overrideAllowed)
    return refuse(
      'override-not-allowed',
      `A guard could not look, and the policy does not let this be done without it (rule "${rule.name}").`,
      'Let the guard look again: mend what it could not read, then ask again.',
    );
  if ((rule.reasonRequired || plan.unchecked.length > 0) && record.undoes === null && record.reason.trim() === '')
    return refuse(
      'reason-required',
      plan.unchecked.length > 0 ? 'Doing without a guard needs a reason.' : `This needs a reason (rule "${rule.name}" of the policy).`,
      'Ask again and say why.',
    );
  return undefined;
}

function windowGuard(record: RequestRecord, rule: Rule, { policy, now }: GuardContext): Refused | undefined {
  if (!rule.freeze || record.undoes !== null) return undefined;
  const window = openWindow(policy.current().freezeWindows, record, now());
  if (window === undefined) return undefined;
  return refuse(
    'freeze-window',
    `No fixes now, by the policy: ${window.reason} (${window.days.join(', ')} ${window.from} to ${window.to}, ${window.zone}).`,
    `Ask again after ${window.to} (${window.zone}). If it cannot wait, whoever keeps the policy can exempt it: "freeze: false" in a rule, taken up within seconds.`,
  );
}

/** Counts what was begun on the target within an hour. Call it with the target held where the answer must still be true afterwards. */
async function budgetGuard(db: Queryable, record: RequestRecord, plan: Plan, context: GuardContext): Promise<Refused | undefined> {
  if (record.undoes !== null || plan.risk === 'R1') return undefined;
  const { disruptiveActionsPerHour: most } = budgetOf(context.policy.current(), record.target);
  const now = context.now();
  const begun = await listDisruptions(db, record.target, new Date(now.getTime() - HOUR_MS), record.id);
  const first = begun.at(-most);
  if (first === undefined) return undefined;
  const seconds = Math.ceil((first.getTime() + HOUR_MS - now.getTime()) / 1000);
  return refuse(
    'budget',
    `The budget of ${record.target} is used up: ${begun.length} disruptive fixes (R2 or R3) were begun within an hour, and ${most} may be.`,
    `The next one can be planned in ${duration(seconds)}. Undo is possible at any time. If so many did not help, look for another cause first.`,
  );
}

/** One open fix of a target at a time, so that the effect of each can be told apart. */
async function busyGuard(db: Queryable, record: RequestRecord, context: GuardContext): Promise<Refused | undefined> {
  if (record.undoes !== null || !budgetOf(context.policy.current(), record.target).oneOpenPerTarget) return undefined;
  const except = [record.id, record.replaces].filter((id) => id !== null);
  const open = await findOpenFix(db, record.target, except);
  if (open === null) return undefined;
  const link = (await findMessage(db, threadRootKey(open.thread_id)))?.permalink ?? null;
  const where = link === null ? 'in its thread' : `here: ${link}`;
  return refuse(
    'target-busy',
    `Another fix of ${record.target} is open: "${open.title}" ${STATES[open.state] ?? 'is under way'}.`,
    `Decide that one first, ${where}. Then ask for this again.`,
  );
}

const STATES: Readonly<Record<string, string>> = {
  'awaiting-approval': 'waits for approval',
  approved: 'is about to run',
  executing: 'is running',
};

/** Thrown in a transaction that must not go on: the plan is refused instead. */
export class HeldBackError extends Error {
  readonly refusal: Refusal;

  constructor({ refusal }: Refused) {
    super(refusal.reason);
    this.name = 'HeldBackError';
    this.refusal = refusal;
  }
}

/** Last check before a plan is shown, in the transaction that shows it. @throws HeldBackError */
export async function holdOpen(db: Queryable, record: RequestRecord, context: GuardContext): Promise<void> {
  if (record.state !== 'awaiting-approval') return;
  await holdTarget(db, record.target);
  const refused = await busyGuard(db, record, context);
  if (refused !== undefined) throw new HeldBackError(refused);
}

/** Last check before the first step, in the transaction that starts it. @throws HeldBackError */
export async function holdBudget(db: Queryable, record: RequestRecord, plan: Plan, context: GuardContext): Promise<void> {
  await holdTarget(db, record.target);
  const refused = await budgetGuard(db, record, plan, context);
  if (refused !== undefined) throw new HeldBackError(refused);
}
