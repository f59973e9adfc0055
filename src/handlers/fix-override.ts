import type { App } from '@slack/bolt';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import { actionPattern } from '../slack/render/actions.ts';
import { overrideModal } from '../slack/render/decision-form.ts';
import { FIX } from '../slack/render/request-actions.ts';
import { takeUpInteraction } from '../store/interactions.ts';
import { withinAnswerTime } from './bounded.ts';
import { type FixContext, requestOf, wakeExecutor } from './fix-context.ts';
import { requestRule } from './fix-form.ts';
import { askedOf, blankRecord } from './fix-record.ts';
import { checkWish, knownFactsOf } from './fix-standing.ts';
import { reasonOf } from './fix-submit.ts';
import { onPress, onSubmit, type Press, type Submission, type SubmissionAnswer } from './listen.ts';
import { openModal } from './modal.ts';
import { Refusal } from './refusal.ts';

const TITLE = 'Without these checks';

/** "Ask without these checks…": a request of its own, with the guards that could not look named in it. */
export function registerOverrides(app: App, context: FixContext): void {
  onPress(app, actionPattern(FIX.override), context, (press) => openModal(TITLE, press, context, () => ask(press, context)));
  onSubmit(app, FIX.overriding, context, (submission) => withinAnswerTime(submit(submission, context), context));
}

async function ask(press: Press, context: FixContext) {
  const record = await overridable(press.value, context);
  const facts = await context.people.facts(press.user, record.channel);
  checkWish({ ...record, remediation: await remediationOf(record, context) }, facts, context);
  return overrideModal(record);
}

async function submit(submission: Submission, context: FixContext): Promise<SubmissionAnswer | undefined> {
  const refused = await overridable(submission.metadata, context);
  const facts = knownFactsOf(context, submission.user, refused.channel);
  if (facts === undefined)
    return { response_action: 'errors', errors: { reason: 'I am still asking Slack who you are. Press the button again.' } };
  const requesterPrincipals = checkWish({ ...refused, remediation: await remediationOf(refused, context) }, facts, context);
  const reason = reasonOf(submission);
  if (reason === '') return { response_action: 'errors', errors: { reason: 'Say why it cannot wait.' } };
  if (!(await takeUpInteraction(context.store, `view ${submission.body.view.id}`))) return undefined;
  const at = context.now();
  const blind = refused.refusal?.overridable ?? [];
  const record: RequestRecord = {
    ...askedOf(refused),
    ...blankRecord(context.newId(), at),
    overrides: [...new Set([...refused.overrides, ...blind.map(({ source }) => source)])],
    reason,
    requester: submission.user,
    requesterPrincipals: [...requesterPrincipals],
    undoes: refused.undoes,
  };
  const details = { params: record.params, reason, overrides: record.overrides, unchecked: blind, after: refused.id };
  await context.requests.create(record, { event: 'requested-without-checks', actor: submission.user, details }, at);
  await wakeExecutor(record.id, 'plan', context);
  return undefined;
}

/** The refused request. @throws Refusal where it cannot be asked for without its guards, or the policy does not let anybody. */
async function overridable(id: string, context: FixContext): Promise<RequestRecord> {
  const record = await requestOf(context, id);
  if (record.state !== 'refused' || record.refusal === null || record.refusal.overridable.length === 0)
    throw new Refusal('This cannot be asked for without its checks.');
  const rule = requestRule(
    await remediationOf(record, context),
    record.target,
    context,
    record.refusal.overridable.map(({ source }) => source),
  );
  if (!rule.overrideAllowed)
    throw new Refusal(`The policy (rule "${rule.name}") lets nobody ask for this without its checks. Nothing was changed.`);
  return record;
}

async function remediationOf({ remediation: id }: RequestRecord, context: FixContext) {
  const remediation = (await context.definitions()).get(id);
  if (remediation === undefined) throw new Refusal(`\`${id}\` cannot be carried out by this version.`);
  return remediation;
}
