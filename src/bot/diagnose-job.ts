import type { Logger } from '../config/logger.ts';
import type { Settings } from '../config/settings.ts';
import { findTarget, type NamedTarget } from '../config/settings.ts';
import type { Question } from '../diagnostics/question.ts';
import type { Report } from '../diagnostics/report.ts';
import type { ProgressEvent } from '../diagnostics/types.ts';
import type { Delivery } from '../queue/consumer.ts';
import { PermanentJobError } from '../queue/errors.ts';
import { changeRun } from '../slack/run-view.ts';
import type { Store } from '../store/pool.ts';
import { findRun, type Run, type RunChange } from '../store/runs.ts';
import { createProgressWriter } from './progress-writer.ts';

/** What answers the question of a run. */
export interface Engine {
  /** The report, and where a second reading is still to come, the report that replaces it then. */
  diagnose(enquiry: Enquiry): Promise<{ readonly report: Report; readonly later: Promise<Report> | null }>;
}

export interface Enquiry {
  readonly topic: string;
  readonly target: NamedTarget;
  readonly question: Question;
  /** The report before this one in the same thread, to say what has changed. */
  readonly previous: Report | null;
  readonly signal: AbortSignal;
  onProgress(event: ProgressEvent): void;
}

interface DiagnoseJobOptions {
  readonly store: Store;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly instance: string;
  readonly log: Logger;
  /** Aborted when the process must end: the job goes back to the queue. */
  readonly signal: AbortSignal;
  now(): Date;
}

const ATTEMPTS = 3;
const PROGRESS_EVERY_MS = 1_000;

/** Carries out the runs that the queue delivers: marks, looks, reports. A run that another worker has is left alone. */
export function createDiagnoseJob(options: DiagnoseJobOptions) {
  const { store, settings, engine, instance, log, now } = options;

  const handle = async ({ payload, attempt }: Pick<Delivery<'diagnose'>, 'payload' | 'attempt'>): Promise<void> => {
    const queued = await findRun(store, payload.runId);
    if (queued === null) throw new PermanentJobError(`there is no run ${payload.runId}`);
    if (isEnded(queued)) return forgetSecondReading(queued, attempt);
    if (attempt > ATTEMPTS) throw new PermanentJobError(`run ${payload.runId} was begun ${ATTEMPTS} times`);
    const run = await changeRun(store, queued, (current) => (isEnded(current) ? null : begin(current, attempt)));
    if (run === null || run.worker !== instance || run.attempts !== attempt) return;
    try {
      await carryOut(run);
    } catch (error) {
      await changeRun(store, run, (current) => (isOurs(current, run) ? { status: 'queued', worker: null } : null)).catch(() => {});
      throw error;
    }
  };

  const begin = (current: Run, attempt: number): RunChange => ({
    status: 'running',
    attempts: attempt,
    worker: instance,
    startedAt: current.startedAt ?? now(),
    progress: [],
    notice: current.status === 'running' ? 'taken-over' : null,
  });

  const carryOut = async (run: Run): Promise<void> => {
    const target = findTarget(settings, run.target);
    if (target === undefined)
      return end(run, { status: 'failed', failure: `The worker has no target ${run.target} in its configuration.` });
    const previous = run.previousRunId === null ? null : await findRun(store, run.previousRunId);
    const writer = createProgressWriter(PROGRESS_EVERY_MS, async (progress) => {
      await changeRun(store, run, (current) => (isOurs(current, run) ? { progress: [...progress] } : null)).catch((error: unknown) =>
        log.warn({ err: error, run: run.id }, 'progress could not be written'),
      );
    });
    try {
      const { report, later } = await engine.diagnose({
        topic: run.topic,
        target,
        question: run.question,
        previous: previous?.report ?? null,
        signal: options.signal,
        onProgress: writer.see,
      });
      options.signal.throwIfAborted(); // what was looked at in haste is not a result: another worker looks again
      await writer.stop();
      await end(run, { status: 'done', report, progress: [...writer.steps()] });
      if (later !== null) await amend(run, later);
    } finally {
      await writer.stop();
    }
  };

  const end = async (run: Run, change: RunChange): Promise<void> => {
    await changeRun(store, run, (current) => (isOurs(current, run) ? { ...change, finishedAt: now() } : null));
  };

  /** The second reading replaces the report; where it fails, the first one stands, without its promise. */
  const amend = async (run: Run, later: Promise<Report>): Promise<void> => {
    const second = await unlessAborted(later, options.signal).catch((error: unknown) => {
      log.warn({ err: error, run: run.id }, 'there is no second reading');
      return null;
    });
    await changeRun(store, run, (current) => {
      if (current.report === null || current.attempts !== run.attempts) return null;
      return { report: second ?? { ...current.report, secondReading: 'not-needed' } };
    });
  };

  /** The worker that waited for the second reading is gone: the report must not promise it for ever. */
  const forgetSecondReading = async (run: Run, attempt: number): Promise<void> => {
    if (run.report?.secondReading !== 'pending' || attempt <= run.attempts) return;
    await changeRun(store, run, ({ report }) => (report === null ? null : { report: { ...report, secondReading: 'not-needed' } }));
  };

  /** The queue has given the job up: the thread is told, and what to do instead. */
  const fail = async (runId: string, error: Error): Promise<void> => {
    log.error({ err: error, run: runId }, 'a run has failed for good');
    const run = await findRun(store, runId);
    if (run === null) return;
    const failure = `It broke off ${ATTEMPTS} times. Whoever runs me finds the reason in the log under run ${runId.slice(0, 8)}.`;
    await changeRun(store, run, (current) => (isEnded(current) ? null : { status: 'failed', failure, finishedAt: now() }));
  };

  const isOurs = (current: Run, run: Run): boolean =>
    current.status === 'running' && current.worker === instance && current.attempts === run.attempts;

  return { handle, fail };
}

function unlessAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(new Error('the worker is stopping'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function isEnded(run: Run): boolean {
  return run.status !== 'queued' && run.status !== 'running';
}
