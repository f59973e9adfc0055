import { showRun } from '../slack/run-view.ts';
import { findMessage } from '../store/messages.ts';
import { transaction } from '../store/pool.ts';
import { type NewRun, type Run, type StartedRun, startRun, updateRun } from '../store/runs.ts';
import { threadRootKey } from '../store/threads.ts';
import { queueWithinMs, withinAnswerTime } from './bounded.ts';
import type { HandlerContext } from './types.ts';

/** What was begun, and the address of the thread where Slack has told it already. */
export interface Begun extends StartedRun {
  readonly permalink: string | null;
}

/**
 * Records a run and puts it into the queue, within the time that Slack gives for an answer. The same interaction, and the same
 * question while it is being answered, start nothing new.
 * @throws QueueUnavailableError or the driver's own errors: then nothing was started. TooSlowError: it may still be.
 */
export function beginDiagnosis(asked: Omit<NewRun, 'id'>, context: HandlerContext): Promise<Begun> {
  return withinAnswerTime(begin({ ...asked, id: context.newId() }, context), context);
}

async function begin(asked: NewRun, context: HandlerContext): Promise<Begun> {
  const { store, settings } = context;
  const started = await transaction(store, (db) => startRun(db, asked, settings.diagnostics.shareSeconds));
  if (started.kind === 'started') await enqueue(started.run, context);
  const root = started.kind === 'started' ? null : await findMessage(store, threadRootKey(started.run.threadId));
  return { ...started, permalink: root?.permalink ?? null };
}

/** A run that cannot be queued has not begun: it is ended before anything of it is shown. */
async function enqueue(run: Run, context: HandlerContext): Promise<void> {
  const { store, diagnoses, log, now } = context;
  try {
    await diagnoses.add({ runId: run.id }, { jobId: run.id, timeoutMs: queueWithinMs(context) });
  } catch (error) {
    await updateRun(store, run.id, { status: 'failed', failure: 'The job queue did not answer.', finishedAt: now() });
    throw error;
  }
  // The job is safe; whatever goes wrong from here, the worker or the watcher draws the messages.
  await showRun(store, run).catch((error: unknown) => log.warn({ err: error, run: run.id }, 'the thread could not be drawn yet'));
}
