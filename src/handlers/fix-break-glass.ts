import type { App } from '@slack/bolt';
import { decide } from '../remediations/approvals/decide.ts';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import { resolve } from '../remediations/approvals/rule.ts';
import { actionPattern } from '../slack/render/actions.ts';
import { breakGlassModal } from '../slack/render/break-glass.ts';
import { FIX, parseDecisionValue } from '../slack/render/request-actions.ts';
import { requestPage } from '../store/pages.ts';
import type { Queryable } from '../store/pool.ts';
import { withinAnswerTime } from './bounded.ts';
import { type FixContext, requestOf, wakeExecutor } from './fix-context.ts';
import { knownStandingOf, standingOf } from './fix-standing.ts';
import { onPress, onSubmit, type Press, type Submission, type SubmissionAnswer } from './listen.ts';
import { Refusal } from './refusal.ts';

/** Break-glass: the one person on call approves their own fix, with a reason, and somebody else is paged. */
export function registerBreakGlass(app: App, context: FixContext): void {
  onPress(app, actionPattern(FIX.breakGlass), context, (press) => ask(press, context));
  onSubmit(app, FIX.breakingGlass, context, (submission) => withinAnswerTime(approve(submission, context), context));
}

/** The window, where the person may do that now. */
async function ask(press: Press, context: FixContext): Promise<void> {
  const { requestId, fingerprint } = decisionIn(press.value);
  const record = await requestOf(context, requestId);
  const standing = await standingOf(context, press.user, record.channel);
  const outcome = decide(
    record,
    { kind: 'break-glass', standing, fingerprint, via: 'slack', reason: 'asked for next', onCall: onCall(record, context) },
    context.now(),
  );
  if (outcome.kind === 'declined') return press.tell(outcome.message);
  await press.client.views.open({ trigger_id: press.triggerId, view: breakGlassModal(record) });
}

async function approve(submission: Submission, context: FixContext): Promise<SubmissionAnswer | undefined> {
  const { requestId, fingerprint } = decisionIn(submission.metadata);
  const { channel } = await requestOf(context, requestId);
  const standing = knownStandingOf(context, submission.user, channel);
  if (standing === undefined)
    return { response_action: 'errors', errors: { reason: 'I am still asking Slack who you are. Press the button again.' } };
  const reason = submission.values.reason?.value?.value?.trim() ?? '';
  const at = context.now();
  const outcome = await context.requests.change(
    requestId,
    at,
    (record) => decide(record, { kind: 'break-glass', standing, fingerprint, via: 'slack', reason, onCall: onCall(record, context) }, at),
    page,
  );
  if (outcome.kind === 'changed') await wakeExecutor(requestId, 'execute', context);
  else if (outcome.code === 'reason-missing') return { response_action: 'errors', errors: { reason: outcome.message } };
  else if (outcome.code !== 'already-approved' && outcome.code !== 'already-running') throw new Refusal(outcome.message);
  return undefined;
}

/** Who the rule's principal is at this moment; null where Slack has not said. */
function onCall({ rule }: RequestRecord, { policy, people }: FixContext): readonly string[] | null {
  if (rule?.breakGlass == null) return [];
  const found = new Set<string>();
  for (const one of resolve(policy.current(), [rule.breakGlass.by])) {
    const [kind, id = ''] = one.split(':');
    const members = kind === 'user' ? [id] : people.membersOf(id);
    if (members === undefined) return null;
    for (const member of members) found.add(member);
  }
  return [...found];
}

/** Calls a second person, in the transaction of the approval. */
async function page(db: Queryable, record: RequestRecord): Promise<void> {
  if (record.rule?.breakGlass == null) return;
  const people = record.rule.breakGlass.page.filter((one) => one !== `user:${record.requester}`);
  await requestPage(db, {
    key: `${record.id}:break-glass`,
    requestId: record.id,
    summary: `Break-glass on ${record.target}: the person on call approved their own fix alone. ${record.plan?.summary ?? record.title}`,
    people,
    until: 'over',
  });
}

function decisionIn(value: string): NonNullable<ReturnType<typeof parseDecisionValue>> {
  const parsed = parseDecisionValue(value);
  if (parsed === null) throw new Refusal('This button is too old. Nothing was changed.');
  return parsed;
}
