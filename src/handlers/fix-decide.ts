import type { App } from '@slack/bolt';
import { decide } from '../remediations/approvals/decide.ts';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import { actionPattern } from '../slack/render/actions.ts';
import { FIX, parseDecisionValue } from '../slack/render/request-actions.ts';
import { approverGroup, type FixContext, mustBeMember, requestOf, wakeExecutor } from './fix-context.ts';
import { blankRecord } from './fix-submit.ts';
import { onPress, type Press } from './listen.ts';
import { Refusal } from './refusal.ts';

/** Approve, Reject, Stop and Undo. Each is answered from the record, never from what the message shows. */
export function registerDecisions(app: App, context: FixContext): void {
  onPress(app, actionPattern(FIX.approve), context, (press) => vote('approve', press, context));
  onPress(app, actionPattern(FIX.reject), context, (press) => vote('reject', press, context));
  onPress(app, actionPattern(FIX.stop), context, (press) => stop(press, context));
  onPress(app, actionPattern(FIX.undo), context, (press) => undo(press, context));
}

async function vote(kind: 'approve' | 'reject', press: Press, context: FixContext): Promise<void> {
  const value = parseDecisionValue(press.value);
  if (value === null) throw new Refusal('This button is too old. Nothing was changed.');
  const approvers = context.people.approvers();
  const at = context.now();
  const outcome = await context.requests.change(value.requestId, at, (record) =>
    decide(record, { kind, by: press.user, fingerprint: value.fingerprint, approvers }, at),
  );
  if (outcome.kind === 'declined') {
    await expireIfDue(value.requestId, context);
    return press.tell(outcome.message);
  }
  if (outcome.record.state === 'approved') await wakeExecutor(outcome.record.id, 'execute', context);
}

/** Whoever finds a request overdue lets its message say so. */
async function expireIfDue(id: string, context: FixContext): Promise<void> {
  const at = context.now();
  await context.requests.change(id, at, (record) => decide(record, { kind: 'expire' }, at));
}

async function stop(press: Press, context: FixContext): Promise<void> {
  const { id } = await requestOf(context, press.value);
  const approvers = context.people.approvers();
  const at = context.now();
  const outcome = await context.requests.change(id, at, (record) => decide(record, { kind: 'stop', by: press.user, approvers }, at));
  if (outcome.kind === 'declined') await press.tell(outcome.message);
}

/** A request of its own, with a plan, approvals and an audit trail of its own. */
async function undo(press: Press, context: FixContext): Promise<void> {
  const group = approverGroup(context);
  const record = await requestOf(context, press.value);
  await mustBeMember(context, press.user, record.channel);
  const facts = record.execution?.results.map((result) => result.facts) ?? [];
  const params = (await context.definitions()).get(record.remediation)?.undo?.({ params: record.params, facts });
  if (params === undefined) throw new Refusal('This cannot be undone.');
  const at = context.now();
  const fresh: RequestRecord = {
    ...record,
    ...blankRecord(context.newId(), at),
    params: JSON.parse(JSON.stringify(params)),
    reason: '',
    requester: press.user,
    approverGroup: group,
    undoes: record.id,
  };
  const audit = { event: 'requested', actor: press.user, details: { undoes: record.id, params } };
  const mark = { id: record.id, act: (current: RequestRecord) => decide(current, { kind: 'undone', undone: fresh.id }, at) };
  const outcome = await context.requests.create(fresh, audit, at, mark);
  if (outcome.kind === 'declined') return press.tell(outcome.message);
  await wakeExecutor(fresh.id, 'plan', context);
}
