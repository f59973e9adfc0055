import type { App } from '@slack/bolt';
import { decide } from '../remediations/approvals/decide.ts';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import { actionPattern } from '../slack/render/actions.ts';
import { FIX, parseDecisionValue } from '../slack/render/request-actions.ts';
import { type FixContext, requestOf, wakeExecutor } from './fix-context.ts';
import { askedOf, blankRecord } from './fix-record.ts';
import { mustMayAsk, standingOf } from './fix-standing.ts';

import { onPress, type Press } from './listen.ts';
import { Refusal } from './refusal.ts';

/** Approve, Stop and Undo. Each is answered from the record, never from what the message shows. */
export function registerDecisions(app: App, context: FixContext): void {
  onPress(app, actionPattern(FIX.approve), context, (press) => approve(press, context));
  onPress(app, actionPattern(FIX.stop), context, (press) => stop(press, context));
  onPress(app, actionPattern(FIX.undo), context, (press) => undo(press, context));
}

async function approve(press: Press, context: FixContext): Promise<void> {
  const value = parseDecisionValue(press.value);
  if (value === null) throw new Refusal('This button is too old. Nothing was changed.');
  const { channel } = await requestOf(context, value.requestId);
  const standing = await standingOf(context, press.user, channel);
  const at = context.now();
  const outcome = await context.requests.change(value.requestId, at, (record) =>
    decide(record, { kind: 'approve', standing, fingerprint: value.fingerprint, via: 'slack', reason: '' }, at),
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
  const { id, channel } = await requestOf(context, press.value);
  const standing = await standingOf(context, press.user, channel);
  const at = context.now();
  const outcome = await context.requests.change(id, at, (record) => decide(record, { kind: 'stop', standing }, at));
  if (outcome.kind === 'declined') await press.tell(outcome.message);
}

/** A request of its own, with a plan, approvals and an audit trail of its own. */
async function undo(press: Press, context: FixContext): Promise<void> {
  const record = await requestOf(context, press.value);
  const remediation = (await context.definitions()).get(record.remediation);
  const facts = record.execution?.results.map((result) => result.facts) ?? [];
  const params = remediation?.undo?.({ params: record.params, facts });
  if (remediation === undefined || params === undefined) throw new Refusal('This cannot be undone.');
  const requesterPrincipals = await mustMayAsk({ ...record, remediation }, press.user, context);
  const at = context.now();
  const fresh: RequestRecord = {
    ...askedOf(record),
    ...blankRecord(context.newId(), at),
    params: JSON.parse(JSON.stringify(params)),
    reason: '',
    requester: press.user,
    requesterPrincipals: [...requesterPrincipals],
    undoes: record.id,
  };
  const audit = { event: 'requested', actor: press.user, details: { undoes: record.id, params } };
  const mark = { id: record.id, act: (current: RequestRecord) => decide(current, { kind: 'undone', undone: fresh.id }, at) };
  const outcome = await context.requests.create(fresh, audit, at, mark);
  if (outcome.kind === 'declined') return press.tell(outcome.message);
  await wakeExecutor(fresh.id, 'plan', context);
}
