import type { App } from '@slack/bolt';
import { z } from 'zod';
import { findTarget } from '../config/settings.ts';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import type { Principal } from '../remediations/approvals/rule.ts';
import { FIX } from '../slack/render/request-actions.ts';
import { takeUpInteraction } from '../store/interactions.ts';
import { withinAnswerTime } from './bounded.ts';
import { type FixContext, wakeExecutor } from './fix-context.ts';
import { type OpenForm, openForm } from './fix-form.ts';
import { blankRecord, missingExecutor } from './fix-record.ts';
import { checkWish } from './fix-standing.ts';
import { onSubmit, type Submission, type SubmissionAnswer } from './listen.ts';
import { Refusal } from './refusal.ts';

const Metadata = z.object({
  remediation: z.string(),
  runId: z.uuid(),
  diagnosis: z.int().nullable(),
  offer: z.int().nullable(),
});

/** A submitted form: checked, written down as a request and handed to the executor for planning, all before the answer. */
export function registerSubmission(app: App, context: FixContext): void {
  onSubmit(app, FIX.form, context, (submission) => withinAnswerTime(submit(submission, context)));
}

async function submit(submission: Submission, context: FixContext): Promise<SubmissionAnswer | undefined> {
  const open = await openForm(Metadata.parse(JSON.parse(submission.metadata)), context);
  const first = Object.keys(submission.values)[0] ?? 'reason';
  const facts = context.people.knownFacts(submission.user, open.run.channel);
  if (facts === undefined) {
    void context.people.facts(submission.user, open.run.channel).catch(() => {}); // known at the next press
    return { response_action: 'errors', errors: { [first]: 'I am still asking Slack who you are. Press the button again.' } };
  }
  const requesterPrincipals = checkWish({ ...open.run, remediation: open.remediation }, facts, context);
  const params = readParams(open, submission, context);
  if ('errors' in params) return { response_action: 'errors', errors: params.errors };
  if (!(await takeUpInteraction(context.store, `view ${submission.body.view.id}`))) return undefined;
  await create(newRecord(open, params.params, requesterPrincipals, submission, context), submission, context);
  return undefined;
}

function readParams(
  { remediation, run }: OpenForm,
  { values }: Submission,
  { settings }: FixContext,
): { readonly params: RequestRecord['params'] } | { readonly errors: Record<string, string> } {
  const target = findTarget(settings, run.target);
  if (target === undefined) throw new Refusal(`The target \`${run.target}\` is no longer configured.`);
  const raw: Record<string, unknown> = {};
  for (const [name, inputs] of Object.entries(values)) if (name !== 'reason') raw[name] = readInput(inputs.value);
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
  const { run, remediation, cause } = open;
  return {
    ...blankRecord(context.newId(), context.now()),
    remediation: remediation.id,
    title: remediation.title,
    target: run.target,
    params,
    reason: submission.values.reason?.value?.value ?? '',
    requester: submission.user,
    channel: run.channel,
    thread: run.threadId,
    run: run.id,
    cause,
    requesterPrincipals: [...requesterPrincipals],
  };
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
