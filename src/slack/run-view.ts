import { lockAudit } from '../store/audit.ts';
import { latestBundle } from '../store/bundles.ts';
import { listMessageKeys, type OutboxMessage, putMessage, type Recipient, removeMessage } from '../store/messages.ts';
import { type Queryable, type Store, transaction } from '../store/pool.ts';
import { latestRequest } from '../store/requests.ts';
import { listThreadRuns, type Run, type RunChange, updateRun } from '../store/runs.ts';
import { claimThread, findThread, lockThread, type Thread, threadRootKey } from '../store/threads.ts';
import { renderProgress } from './render/progress.ts';
import { type RenderedMessage, renderReport } from './render/report.ts';
import { renderFailure, renderRoot } from './render/root.ts';
import { terminalCommand } from './render/wording.ts';

/**
 * Changes a run and draws its messages from what it is then, in one transaction under the thread's lock. `decide` sees the run as it
 * is under the lock and returns what to change, or null to change nothing. Returns the run, or null where there is none.
 */
export async function changeRun(
  store: Store,
  run: Pick<Run, 'id' | 'threadId'>,
  decide: (current: Run) => RunChange | null,
): Promise<Run | null> {
  return transaction(store, async (db) => {
    const thread = await lockThread(db, run.threadId);
    if (thread === null) return null;
    const runs = await listThreadRuns(db, thread.id);
    const current = runs.find(({ id }) => id === run.id);
    if (current === undefined) return null;
    const change = decide(current);
    if (change === null) return current;
    const changed = await updateRun(db, run.id, change);
    const latest = runs.at(-1) ?? changed;
    await drawRoot(db, thread, latest.id === changed.id ? changed : latest);
    await drawRun(db, changed);
    return changed;
  });
}

/** Draws the messages of a run and of its thread's root from the store as it is now. */
export async function showRun(store: Store, run: Pick<Run, 'id' | 'threadId'>): Promise<void> {
  await transaction(store, async (db) => {
    const thread = await lockThread(db, run.threadId);
    const runs = thread === null ? [] : await listThreadRuns(db, thread.id);
    const current = runs.find(({ id }) => id === run.id);
    const latest = runs.at(-1);
    if (thread === null || current === undefined || latest === undefined) return;
    await drawRoot(db, thread, latest);
    await drawRun(db, current);
  });
}

/** Names the owner in the root message, and does what else follows from it. Returns the thread as it is then, or null where there is none. */
export async function ownThread(
  store: Store,
  threadId: string,
  user: string,
  also: (db: Queryable, thread: Thread) => Promise<void> = async () => {},
): Promise<{ thread: Thread; taken: boolean } | null> {
  return transaction(store, async (db) => {
    await lockAudit(db);
    if ((await lockThread(db, threadId)) === null) return null;
    const taken = await claimThread(db, threadId, user);
    const thread = await findThread(db, threadId);
    if (thread === null) return null;
    await drawRoot(db, thread, (await listThreadRuns(db, threadId)).at(-1));
    await also(db, thread);
    return { thread, taken };
  });
}

/** Draws the root message of a thread anew, because something in the thread has changed. */
export async function drawThread(db: Queryable, threadId: string): Promise<void> {
  const thread = await lockThread(db, threadId);
  if (thread !== null) await drawRoot(db, thread, (await listThreadRuns(db, threadId)).at(-1));
}

/** A thread has a root as soon as a run, a fix or a bundle was asked for in it. */
async function drawRoot(db: Queryable, thread: Thread, latest: Run | undefined): Promise<void> {
  const root = renderRoot(thread, latest, await latestRequest(db, thread.id), await latestBundle(db, thread.id));
  if (root === null) return;
  await putMessage(db, {
    ...root,
    key: threadRootKey(thread.id),
    threadKey: null,
    channel: thread.channel,
    urgency: 'result',
    recipient: latest === undefined ? { user: thread.requestedBy, responseUrl: null, instead: INSTEAD } : recipientOf(latest),
  });
}

async function drawRun(db: Queryable, run: Run): Promise<void> {
  const ended = run.status !== 'queued' && run.status !== 'running';
  await put(db, run, `run:${run.id}:progress`, renderProgress(run), ended ? 'result' : 'progress');
  await drawReport(db, run);
}

async function drawReport(db: Queryable, run: Run): Promise<void> {
  const prefix = `run:${run.id}:report:`;
  const failed = run.status === 'failed' || run.status === 'interrupted';
  const messages = run.report !== null ? renderReport(run.id, run.report) : failed ? [renderFailure(run)] : [];
  for (const [index, message] of messages.entries()) await put(db, run, `${prefix}${index}`, message, 'result');
  const wanted = new Set(messages.map((_, index) => `${prefix}${index}`));
  for (const key of await listMessageKeys(db, prefix)) if (!wanted.has(key)) await removeMessage(db, key);
}

async function put(db: Queryable, run: Run, key: string, message: RenderedMessage, urgency: OutboxMessage['urgency']): Promise<void> {
  const threadKey = threadRootKey(run.threadId);
  await putMessage(db, { ...message, key, threadKey, channel: run.channel, urgency, recipient: recipientOf(run) });
}

const INSTEAD =
  'Invite me into the channel: others have to see and approve a fix, and files go there. In a terminal: `npx hotswap requests`, `npx hotswap bundle`';

function recipientOf(run: Run): Recipient {
  return {
    user: run.requestedBy,
    responseUrl: run.responseUrl,
    instead: `You will get the result here. In a terminal you have it at once: \`${terminalCommand(run)}\``,
  };
}
