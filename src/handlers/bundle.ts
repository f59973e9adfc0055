import type { App } from '@slack/bolt';
import { z } from 'zod';
import { bundleAudit, changeBundle, drawBundle } from '../slack/bundle-view.ts';
import { readFileFailure } from '../slack/file-failures.ts';
import { actionPattern } from '../slack/render/actions.ts';
import { BUNDLE } from '../slack/render/bundle-actions.ts';
import { noticeModal } from '../slack/render/evidence.ts';
import { appendAudit, lockAudit } from '../store/audit.ts';
import { cancel, remove } from '../store/bundle-changes.ts';
import { type BundleRecord, findActiveBundle, findBundle, insertBundle, type NewBundle } from '../store/bundles.ts';
import { takeUpInteraction } from '../store/interactions.ts';
import { type Queryable, transaction } from '../store/pool.ts';
import { createThread, lockThread } from '../store/threads.ts';
import { queueWithinMs, withinAnswerTime } from './bounded.ts';
import { BUNDLE_TITLE, bundleForm, joinedText, knownFrom } from './bundle-form.ts';
import { mustMayCollect, mustMayEnd } from './bundle-standing.ts';
import type { FixContext } from './fix-context.ts';
import { knownFactsOf } from './fix-standing.ts';
import { incidentOf } from './incident.ts';
import { onPress, onSubmit, type Press, type Submission, type SubmissionAnswer } from './listen.ts';
import { openModal } from './modal.ts';
import { Refusal } from './refusal.ts';

/** The button under a report, the window, and the buttons of a bundle. */
export function registerBundles(app: App, context: FixContext): void {
  onPress(app, actionPattern(BUNDLE.ask), context, (press) => openModal(BUNDLE_TITLE, press, context, () => formOfRun(press, context)));
  onPress(app, actionPattern(BUNDLE.again), context, (press) => openModal(BUNDLE_TITLE, press, context, () => formAgain(press, context)));
  onSubmit(app, BUNDLE.form, context, (submission) => withinAnswerTime(submit(submission, context), context));
  onPress(app, actionPattern(BUNDLE.cancel), context, (press) => cancelBundle(press, context));
  onPress(app, actionPattern(BUNDLE.remove), context, (press) => removeFile(press, context));
}

async function formOfRun({ value, user }: Press, context: FixContext) {
  const { thread, report } = await incidentOf(context.store, value);
  const { id: threadId, target, channel } = thread;
  const form = { reference: { target, channel, threadId }, told: knownFrom(report), sinceSeconds: context.settings.bundle.sinceSeconds };
  return bundleForm(form, user, context);
}

async function formAgain({ value, user }: Press, context: FixContext) {
  const { target, channel, threadId, told, sinceSeconds } = await bundleOf(context, value);
  return bundleForm({ reference: { target, channel, threadId }, told, sinceSeconds }, user, context);
}

const Reference = z.strictObject({ target: z.string(), channel: z.string(), threadId: z.uuid().nullable() });
const Span = z.coerce.number().int().min(60).max(86_400);

async function submit(submission: Submission, context: FixContext): Promise<SubmissionAnswer | undefined> {
  const { user, values, metadata } = submission;
  const { target, channel, threadId } = Reference.parse(JSON.parse(metadata));
  const facts = knownFactsOf(context, user, channel);
  if (facts === undefined)
    return { response_action: 'errors', errors: { symptom: 'I am still asking Slack who you are. Press the button again.' } };
  mustMayCollect(facts, channel);
  if (!(target in context.settings.targets)) throw new Refusal(`The target \`${target}\` is no longer configured.`);
  const typed = (name: keyof BundleRecord['told']) => context.redact(values[name]?.value?.value?.trim() ?? '');
  const told = { symptom: typed('symptom'), since: typed('since'), changes: typed('changes') };
  const sinceSeconds = Span.parse(values.span?.value?.selected_option?.value);
  const asked = { id: context.newId(), threadId: threadId ?? context.newId(), channel, target, requestedBy: user, told, sinceSeconds };
  const result = await transaction(context.store, (db) => begin(db, asked, threadId === null, submission.body.view.id, context));
  if (result === null) return undefined;
  if (result.joined) return { response_action: 'update', view: noticeModal(BUNDLE_TITLE, await joinedText(context.store, result.bundle)) };
  await wakeWorker(result.bundle, context);
  return undefined;
}

/** Writes it down once, however often the form is delivered: null where it was before. A second one of the target joins the first. */
async function begin(db: Queryable, asked: NewBundle, ownThread: boolean, viewId: string, { now }: FixContext) {
  if (!(await takeUpInteraction(db, `view ${viewId}`))) return null;
  await lockAudit(db); // two who ask at once do so one after the other
  const { threadId, channel, target, requestedBy } = asked;
  const active = await findActiveBundle(db, target);
  if (active !== null) return { bundle: active, joined: true };
  if (ownThread) await createThread(db, { id: threadId, channel, topic: null, target, requestedBy });
  else if ((await lockThread(db, threadId)) === null)
    throw new Refusal('I no longer know this thread. Type `/hotswap bundle` for one of its own.');
  const bundle = await insertBundle(db, asked);
  await appendAudit(db, bundleAudit('bundle-requested', requestedBy, bundle, now()));
  await drawBundle(db, bundle);
  return { bundle, joined: false };
}

/** Where the queue is down, the bot's round puts the job into it later. */
async function wakeWorker({ id }: BundleRecord, context: FixContext): Promise<void> {
  const { bundles, log } = context;
  await bundles
    .add({ bundleId: id }, { jobId: id, timeoutMs: queueWithinMs(context) })
    .catch((error: unknown) => log.warn({ err: error, bundle: id }, 'a worker could not be woken for a bundle yet'));
}

async function cancelBundle({ value, user }: Press, context: FixContext): Promise<void> {
  const bundle = await bundleOf(context, value);
  await mustMayEnd(bundle, user, context);
  const at = context.now();
  const result = await changeBundle(
    context.store,
    bundle,
    (current) => cancel(current, user),
    (changed) => bundleAudit('bundle-cancelled', user, changed, at),
  );
  if (result?.changed !== true)
    throw new Refusal('It is too late to cancel: see how it stands in the thread. A file in the thread can be removed from Slack.');
}

/** Takes the file out of Slack, and only then says so. */
async function removeFile({ value, user, client }: Press, context: FixContext): Promise<void> {
  const bundle = await bundleOf(context, value);
  await mustMayEnd(bundle, user, context);
  if (bundle.state !== 'done') throw new Refusal('There is no file of this bundle in Slack.');
  try {
    await client.files.delete({ file: bundle.fileId ?? '' });
  } catch (error) {
    const failure = readFileFailure(error);
    if (failure.code !== 'file_not_found' && failure.code !== 'file_deleted')
      throw new Refusal(
        failure.kind === 'refused' ? failure.text : `Slack did not take it out (\`${failure.code}\`). Press the button again.`,
      );
  }
  const at = context.now();
  await changeBundle(
    context.store,
    bundle,
    (current) => remove(current, user),
    (changed) => bundleAudit('bundle-removed', user, changed, at),
  );
}

async function bundleOf({ store }: FixContext, id: string): Promise<BundleRecord> {
  const bundle = await findBundle(store, id);
  if (bundle === null) throw new Refusal('I no longer know this bundle. Nothing was changed.');
  return bundle;
}
