import type { App } from '@slack/bolt';
import { z } from 'zod';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import type { Principal } from '../remediations/approvals/rule.ts';
import { FIX } from '../slack/render/request-actions.ts';
import { takeUpInteraction } from '../store/interactions.ts';
import { withinAnswerTime } from './bounded.ts';
import { type FixContext, wakeExecutor } from './fix-context.ts';
import { type OpenForm, openForm, requestRule, targetOf } from './fix-form.ts';
import { blankRecord, missingExecutor } from './fix-record.ts';
import { checkWish, knownFactsOf } from './fix-standing.ts';
import { onSubmit, type Submission, type SubmissionAnswer } from './listen.ts';

const Metadata = z.object({
  remediation: z.string(),
  runId: z.uuid().nullable(),
  requestId: z.uuid().nullable(),
  diagnosis: z.int().nullable(),
  offer: z.int().nullable(),
});

/** A submitted form: checked, written down as a request and handed to the executor for planning, all before the answer. */
export function registerSubmission(app: App, context: FixContext): void {
  onSubmit(app, FIX.form, context, (submission) => withinAnswerTime(submit(submission, context), context));
}

async function submit(submission: Submission, context: FixContext): Promise<SubmissionAnswer | undefined> {
  const open = await openForm(Metadata.parse(JSON.parse(submission.metadata)), context);
  const first = Object.keys(submission.values)[0] ?? 'reason';
  const { channel, target } = open.place;
  const facts = knownFactsOf(context, submission.user, channel);
  if (facts === undefined)
    return { response_action: 'errors', errors: { [first]: 'I am still asking Slack who you are. Press the button again.' } };
  const requesterPrincipals = checkWish({ channel, target, remediation: open.remediation }, facts, context);
  const params = readParams(open, submission, context);
  if ('errors' in params) return { response_action: 'errors', errors: params.errors };
  if (requestRule(open.remediation, target, context).reasonRequired && reasonOf(submission) === '')
    return { response_action: 'errors', errors: { reason: 'The policy wants a reason for this.' } };
  if (!(await takeUpInteraction(context.store, `view ${submission.body.view.id}`))) return undefined;
  await create(newRecord(open, params.params, requesterPrincipals, submission, context), submission, context);
  return undefined;
}

function readParams(
  { remediation, place }: OpenForm,
  { values }: Submission,
  context: FixContext,
): { readonly params: RequestRecord['params'] } | { readonly errors: Record<string, string> } {
  const target = targetOf(place.target, context);
  const raw: Record<string, unknown> = {};
  for (const [name, inputs] of Object.entries(values)) {
    const value = readInput(inputs.value);
    if (name !== 'reason' && value !== undefined) raw[name] = value;
  }
  try {
    return { params: z.record(z.string(), z.json()).parse(remediation.parse(raw, target)) };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    return { errors: errorsOf(error, Object.keys(values)) };
  }
}

/** Each complaint at its input; one that belongs to none stands at the first. */
function errorsOf(error: z.ZodError, names: readonly string[]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const issue of error.issues) {
    const name = names.find((one) => one === issue.path[0]) ?? names[0] ?? 'reason';
    errors[name] = issue.message.charAt(0).toUpperCase() + issue.message.slice(1);
  }
  return errors;
}

type Input = Submission['values'][string][string] | undefined;

function readInput(input: Input): unknown {
  if (input === undefined) return undefined;
  if (input.type === 'number_input') return input.value === undefined || input.value === null ? undefined : Number(input.value);
  if (input.type === 'static_select') return input.selected_option?.value;
  if (input.type === 'multi_static_select') return input.selected_options?.map(({ value }) => value);
  return input.value?.trim() || undefined;
}

function newRecord(
  open: OpenForm,
  params: RequestRecord['params'],
  requesterPrincipals: readonly Principal[],
  submission: Submission,
  context: FixContext,
): RequestRecord {
  const { place, remediation, cause } = open;
  return {
    ...blankRecord(context.newId(), context.now()),
    remediation: remediation.id,
    title: remediation.title,
    target: place.target,
    params,
    reason: reasonOf(submission),
    requester: submission.user,
    channel: place.channel,
    thread: place.threadId,
    run: place.runId,
    cause,
    requesterPrincipals: [...requesterPrincipals],
  };
}

/** What was typed as the reason; empty where nothing was. */
export function reasonOf({ values }: Submission): string {
  return values.reason?.value?.value?.trim() ?? '';
}

async function create(record: RequestRecord, { client, user }: Submission, context: FixContext): Promise<void> {
  const audit = { event: 'requested', actor: user, details: { params: record.params, reason: record.reason } };
  await context.requests.create(record, audit, context.now());
  await wakeExecutor(record.id, 'plan', context);
  const text = await missingExecutor(context);
  if (text === null) return;
  void client.chat
    .postEphemeral({ channel: record.channel, user, text })
    .catch((error: unknown) => context.log.warn({ err: error }, 'the notice about a missing executor could not be given'));
}
