import type { Logger } from '../config/logger.ts';
import type { JobState, Producer } from '../queue/producer.ts';
import { changeRun } from '../slack/run-view.ts';
import { forgetOldInteractions } from '../store/interactions.ts';
import type { Store } from '../store/pool.ts';
import { forgetDeadProcesses, liveInstances } from '../store/processes.ts';
import { listUnfinishedRuns, type Run, type RunChange } from '../store/runs.ts';
import { startLoop } from './loop.ts';

const EVERY_MS = 1_000;
/** Long enough for a worker that is there to take a run up. */
const NO_WORKER_AFTER_MS = 2_000;
/** A run whose job has not arrived by then lost it, such as when the bot was killed between the two. */
const LOST_AFTER_MS = 5_000;
const TIDY_EVERY = 60;

interface WatcherOptions {
  readonly store: Store;
  readonly diagnoses: Pick<Producer<'diagnose'>, 'add' | 'state'>;
  readonly queueWaitNoticeSeconds: number;
  readonly log: Logger;
  now(): Date;
}

/** What a watcher sees of a run. */
export interface Sight {
  readonly waitedMs: number;
  readonly workers: readonly string[];
  readonly job: JobState;
}

/**
 * Looks after runs that are not finished, until stopped: says in the thread that nobody takes one up, puts a lost job into the queue
 * again, and ends a run whose job is gone. Any number of watchers may run.
 */
export function startWatcher(options: WatcherOptions): { stop(): Promise<void> } {
  let rounds = 0;
  return startLoop('runs could not be looked after', EVERY_MS, options.log, async () => {
    await lookOnce(options);
    rounds += 1;
    if (rounds % TIDY_EVERY !== 0) return;
    await forgetOldInteractions(options.store);
    await forgetDeadProcesses(options.store);
  });
}

/** One round over the unfinished runs. */
export async function lookOnce({ store, diagnoses, queueWaitNoticeSeconds, log, now }: WatcherOptions): Promise<void> {
  const runs = await listUnfinishedRuns(store);
  if (runs.length === 0) return;
  const workers = await liveInstances(store, 'worker');
  for (const run of runs) {
    const waitedMs = now().getTime() - run.queuedAt.getTime();
    const sight: Sight = { waitedMs, workers, job: waitedMs < LOST_AFTER_MS ? 'waiting' : await diagnoses.state(run.id) };
    if (isLost(run, sight)) {
      log.warn({ run: run.id }, 'a run had no job; it is queued again');
      await diagnoses.add({ runId: run.id }, { jobId: run.id });
    }
    const wanted = (current: Run) => judgeRun(current, sight, queueWaitNoticeSeconds, now());
    if (wanted(run) !== null) await changeRun(store, run, wanted);
  }
}

function isLost(run: Run, { waitedMs, job }: Sight): boolean {
  return run.status === 'queued' && waitedMs >= LOST_AFTER_MS && job === 'absent';
}

/** What should change of an unfinished run, given what is seen of it; null where nothing should. */
export function judgeRun(run: Run, sight: Sight, noticeSeconds: number, now: Date): RunChange | null {
  if (run.status !== 'queued' && run.status !== 'running') return null;
  const held = run.worker !== null && sight.workers.includes(run.worker);
  if (!held && (sight.job === 'failed' || sight.job === 'completed')) {
    return { status: 'failed', failure: 'The workers that took it up stopped before they were done.', finishedAt: now };
  }
  if (!held && run.status === 'running' && sight.job === 'absent') {
    return { status: 'failed', failure: 'The worker stopped, and the queue has forgotten the job.', finishedAt: now };
  }
  const notice = noticeFor(run, sight, noticeSeconds);
  return notice === run.notice ? null : { notice };
}

function noticeFor(run: Run, { waitedMs, workers }: Sight, noticeSeconds: number): Run['notice'] {
  if (workers.length === 0 && waitedMs >= NO_WORKER_AFTER_MS) return 'no-worker';
  if (run.status === 'running') return run.notice === 'no-worker' ? (run.attempts > 1 ? 'taken-over' : null) : run.notice;
  if (waitedMs >= noticeSeconds * 1_000) return 'waiting';
  return run.notice === 'no-worker' ? null : run.notice;
}
