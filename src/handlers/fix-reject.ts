import type { App } from '@slack/bolt';
import type { Vote } from '../remediations/approvals/actions.ts';
import { decide } from '../remediations/approvals/decide.ts';
import type { Standing } from '../remediations/approvals/rule.ts';
import { actionPattern } from '../slack/render/actions.ts';
import { rejectionModal } from '../slack/render/decision-form.ts';
import { FIX, parseDecisionValue } from '../slack/render/request-actions.ts';
import { withinAnswerTime } from './bounded.ts';
import { type FixContext, requestOf } from './fix-context.ts';
import { knownStandingOf, standingOf } from './fix-standing.ts';
import { reasonOf } from './fix-submit.ts';
import { onPress, onSubmit, type Press, type Submission, type SubmissionAnswer } from './listen.ts';
import { openModal } from './modal.ts';
import { Refusal } from './refusal.ts';

const TITLE = 'Reject the fix';

/** Reject: a window asks for the reason, and the decision is made when it is submitted, from the record as it is then. */
export function registerRejections(app: App, context: FixContext): void {
  onPress(app, actionPattern(FIX.reject), context, (press) => openModal(TITLE, press, context, () => ask(press, context)));
  onSubmit(app, FIX.rejection, context, (submission) => withinAnswerTime(reject(submission, context), context));
}

/** The window, where the person may reject this plan now. @throws Refusal with the reason why they may not. */
async function ask(press: Press, context: FixContext) {
  const { requestId, fingerprint } = decisionIn(press.value);
  const record = await requestOf(context, requestId);
  const standing = await standingOf(context, press.user, record.channel);
  const outcome = decide(record, { kind: 'reject', ...voteOf(standing, fingerprint, '') }, context.now());
  if (outcome.kind === 'declined') throw new Refusal(outcome.message);
  return rejectionModal(record, press.user === record.requester);
}

async function reject(submission: Submission, context: FixContext): Promise<SubmissionAnswer | undefined> {
  const { requestId, fingerprint } = decisionIn(submission.metadata);
  const { channel, requester } = await requestOf(context, requestId);
  const standing = knownStandingOf(context, submission.user, channel);
  if (standing === undefined)
    return { response_action: 'errors', errors: { reason: 'I am still asking Slack who you are. Press the button again.' } };
  const reason = reasonOf(submission);
  if (reason === '' && submission.user !== requester)
    return { response_action: 'errors', errors: { reason: 'Say why, so that the requester knows what to do instead.' } };
  const at = context.now();
  const vote = voteOf(standing, fingerprint, reason);
  const outcome = await context.requests.change(requestId, at, (record) => decide(record, { kind: 'reject', ...vote }, at));
  if (outcome.kind === 'declined') throw new Refusal(outcome.message);
  return undefined;
}

function voteOf(standing: Standing, fingerprint: string, reason: string): Vote {
  return { standing, fingerprint, via: 'slack', reason };
}

function decisionIn(value: string): NonNullable<ReturnType<typeof parseDecisionValue>> {
  const parsed = parseDecisionValue(value);
  if (parsed === null) throw new Refusal('This button is too old. Nothing was changed.');
  return parsed;
}
