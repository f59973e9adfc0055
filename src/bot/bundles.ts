import { WebAPIPlatformError, WebAPIRateLimitedError, type WebClient } from '@slack/web-api';
import type { Logger } from '../config/logger.ts';
import type { Producer } from '../queue/producer.ts';
import { bundleAudit, changeBundle } from '../slack/bundle-view.ts';
import { readFileFailure } from '../slack/file-failures.ts';
import { fileComment } from '../slack/render/bundle.ts';
import { address, fail, isHeld, share } from '../store/bundle-changes.ts';
import { BUNDLES_CHANNEL, type BundleRecord, claimBundle, listActiveBundles } from '../store/bundles.ts';
import { listen } from '../store/listen.ts';
import { findMessage } from '../store/messages.ts';
import type { Store } from '../store/pool.ts';
import { liveInstances } from '../store/processes.ts';
import { threadRootKey } from '../store/threads.ts';
import { startLoop } from './loop.ts';

export interface BundlesOptions {
  readonly store: Store;
  /** A client of its own that neither retries nor queues: the store does both. */
  readonly client: WebClient;
  readonly bundles: Pick<Producer<'bundle'>, 'add' | 'state'>;
  readonly log: Logger;
  now(): Date;
}

const EVERY_MS = 2_000;
/** Longer than a call to Slack may take. */
const CLAIM_SECONDS = 20;
/** The root of a thread that is just being posted. */
const ROOT_PAUSE_SECONDS = 1;
/** Long enough for a worker that starts again. */
const NO_WORKER_AFTER_MS = 30_000;
/** Slack has been away for so long since it was asked for: the disk of a worker is not held for longer. */
const NO_SLACK_AFTER_MS = 60 * 60_000;
/** A bundle whose job has not arrived by then lost it, such as when the bot was killed between the two. */
const LOST_AFTER_MS = 5_000;

/**
 * The bot's part of bundles, until stopped: asks Slack for an address, says where the file belongs, puts a lost job into the queue
 * again, and ends a bundle whose worker is gone. Any number of processes may.
 */
export function startBundles(options: BundlesOptions): { stop(): Promise<void> } {
  const loop = startLoop('bundles could not be looked after', EVERY_MS, options.log, () => lookAtBundles(options));
  const listener = listen(options.store, BUNDLES_CHANNEL, loop.wake);
  return {
    async stop() {
      await listener.stop();
      await loop.stop();
    },
  };
}

/** One round over the bundles that are not over. */
async function lookAtBundles(options: BundlesOptions): Promise<void> {
  const { store } = options;
  for (const { bundle, leased } of await listActiveBundles(store)) await lookAfter(bundle, leased, options);
  for (let next = await claimBundle(store, WAITING, CLAIM_SECONDS); next !== null; next = await claimBundle(store, WAITING, CLAIM_SECONDS))
    await (next.state === 'packed' ? giveAddress(next, options) : shareFile(next, options));
}

const WAITING = ['packed', 'uploaded'] as const;

async function lookAfter(bundle: BundleRecord, leased: boolean, { store, bundles, log, now }: BundlesOptions): Promise<void> {
  const waitedMs = now().getTime() - bundle.createdAt.getTime();
  if (isHeld(bundle) && !leased) {
    const failure = 'The worker that had it has stopped, and what it had collected is gone with it. Press “Run again”.';
    await changeBundle(store, bundle, (current) => (isHeld(current) ? fail(current, failure) : null));
  } else if (bundle.state === 'asked' && waitedMs > NO_WORKER_AFTER_MS && (await hasNoWorker(store))) {
    const failure = 'No worker is running, so nobody collects it. Whoever runs me starts `npm run start:worker`; then press “Run again”.';
    await changeBundle(store, bundle, (current) => (current.state === 'asked' ? fail(current, failure) : null));
  } else if (bundle.state === 'asked' && waitedMs > LOST_AFTER_MS && (await bundles.state(bundle.id)) === 'absent') {
    log.warn({ bundle: bundle.id }, 'a bundle had no job; it is queued again');
    await bundles.add({ bundleId: bundle.id }, { jobId: bundle.id });
  }
}

const hasNoWorker = async (store: Store): Promise<boolean> => (await liveInstances(store, 'worker')).length === 0;

async function giveAddress(bundle: BundleRecord, options: BundlesOptions): Promise<void> {
  const { store, client } = options;
  try {
    const answer = await client.files.getUploadURLExternal({ filename: bundle.fileName ?? '', length: bundle.sizeBytes ?? 0 });
    const { upload_url: url, file_id: fileId } = answer;
    if (url === undefined || fileId === undefined) throw new Error('files.getUploadURLExternal answered without an address');
    await changeBundle(store, bundle, (current) => address(current, url, fileId));
  } catch (error) {
    await settleFailure(bundle, error, options);
  }
}

async function shareFile(bundle: BundleRecord, options: BundlesOptions): Promise<void> {
  const { store, client, now } = options;
  const root = await findMessage(store, threadRootKey(bundle.threadId));
  if (root?.ts === null && root.state === 'live') return postpone(bundle, ROOT_PAUSE_SECONDS, false, options);
  if (root === null || root.ts === null) return end(bundle, 'I cannot write to the channel, so the file cannot go there.', options);
  try {
    await client.files.completeUploadExternal({
      files: [{ id: bundle.fileId ?? '', title: bundle.fileName ?? '' }],
      channel_id: bundle.channel,
      thread_ts: root.ts,
      initial_comment: fileComment(bundle),
    });
  } catch (error) {
    // The call before this one did it, and only its answer got lost.
    const { code } = readFileFailure(error);
    if (!(bundle.shareUnclear && code === 'file_not_found')) return settleFailure(bundle, error, options);
  }
  await changeBundle(store, bundle, share, (done) => bundleAudit('bundle-shared', done.requestedBy, done, now()));
}

async function settleFailure(bundle: BundleRecord, error: unknown, options: BundlesOptions): Promise<void> {
  const { log, now } = options;
  const failure = readFileFailure(error);
  log.warn({ err: error, bundle: bundle.id, failure: failure.code }, 'Slack did not take a call about a bundle');
  if (failure.kind === 'refused') return end(bundle, failure.text, options);
  if (now().getTime() - bundle.createdAt.getTime() > NO_SLACK_AFTER_MS)
    return end(bundle, `Slack does not take it (\`${failure.code}\`).`, options);
  await postpone(bundle, failure.seconds, isUnanswered(error), options);
}

/** Slack may have done what it was asked, and only its answer is missing. */
const isUnanswered = (error: unknown): boolean => !(error instanceof WebAPIPlatformError || error instanceof WebAPIRateLimitedError);

async function postpone(bundle: BundleRecord, seconds: number, unanswered: boolean, { store, now }: BundlesOptions): Promise<void> {
  const nextAttemptAt = new Date(now().getTime() + seconds * 1_000);
  const shareUnclear = bundle.shareUnclear || (unanswered && bundle.state === 'uploaded');
  await changeBundle(store, bundle, (current) => (current.state === bundle.state ? { nextAttemptAt, shareUnclear } : null));
}

async function end(bundle: BundleRecord, why: string, { store }: BundlesOptions): Promise<void> {
  const failure = `${why} Then press “Run again”; in a terminal, \`npx hotswap bundle ${bundle.target}\` writes the same archive to a file.`;
  await changeBundle(store, bundle, (current) => (current.state === bundle.state ? fail(current, failure) : null));
}
