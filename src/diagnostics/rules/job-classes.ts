import type { Thresholds } from '../../config/thresholds.ts';
import { seconds } from './phrases.ts';

/**
 * What has become of a job that the table calls Running. A lock lasts ten minutes and is not renewed, and nothing claims
 * such a row again: a lock that has run out says that somebody should look, and only the pod says whether the job is alive.
 */
export type JobClass = 'running_ok' | 'waiting_approval' | 'slow_but_alive' | 'silent' | 'orphaned' | 'unknown';

export interface RunningJob {
  readonly ageSeconds: number | null;
  /** Since its lock ran out; negative: it is live. Null: it has none. */
  readonly lockRanOutSeconds: number | null;
  readonly approvalPending: boolean | null;
  /** The pod that claimed it. */
  readonly instance: string | null;
  readonly startedAt: string | null;
  readonly worker: Worker;
  readonly log: WorkerLog;
}

/** The pod that claimed a job, as it is now. */
export type Worker =
  | { readonly state: 'unknown' }
  | { readonly state: 'gone' }
  /** `startedAt`: of its container's present run; null: it does not run at present. */
  | { readonly state: 'there'; readonly startedAt: Date | null };

/** What the pod wrote about the job. */
export interface WorkerLog {
  /** Whether its log was read, from the beginning of the window on. */
  readonly read: boolean;
  readonly windowSeconds: number;
  /** Null: nothing in what was read. */
  readonly lastLineSeconds: number | null;
}

type Limits = Pick<Thresholds, 'jobAliveSeconds' | 'jobSilentSeconds'>;

export interface Classified {
  readonly class: JobClass;
  readonly because: string;
}

export function classifyJob(job: RunningJob, limits: Limits): Classified {
  const { lockRanOutSeconds: ranOut, instance, startedAt, worker } = job;
  if (ranOut !== null && ranOut < 0) return { class: 'running_ok', because: `its lock is good for another ${seconds(-ranOut)}` };
  const lock = ranOut === null ? 'it has no lock' : `its lock ran out ${seconds(ranOut)} ago`;
  const as = (name: JobClass, because: string): Classified => ({ class: name, because: `${lock}, and ${because}` });
  if (job.approvalPending === true) return as('waiting_approval', 'its approval is pending');
  if (instance === null || startedAt === null) return as('unknown', 'the table does not say which pod claimed it, or when');
  if (worker.state === 'unknown') return as('unknown', `whether pod ${instance} still runs could not be looked at`);
  if (worker.state === 'gone') return as('orphaned', `pod ${instance}, which claimed it, is gone`);
  if (worker.startedAt === null) return as('orphaned', `the container of pod ${instance}, which claimed it, does not run`);
  const restartedAfter = (worker.startedAt.getTime() - Date.parse(startedAt)) / 1_000;
  if (restartedAfter > 0)
    return as('orphaned', `the container of pod ${instance} was restarted ${seconds(restartedAfter)} after it claimed it`);
  return byLog(job, instance, limits, as);
}

function byLog(
  { log, ageSeconds }: RunningJob,
  instance: string,
  { jobAliveSeconds, jobSilentSeconds }: Limits,
  as: (name: JobClass, because: string) => Classified,
): Classified {
  const { lastLineSeconds: last, read, windowSeconds } = log;
  if (last !== null && last <= jobAliveSeconds)
    return as('slow_but_alive', `pod ${instance} wrote about it ${seconds(last)} ago, not longer than ${seconds(jobAliveSeconds)}`);
  if (!read)
    return as('unknown', `the log of pod ${instance} could not be read back to the beginning of the last ${seconds(windowSeconds)}`);
  const quiet = Math.min(last ?? windowSeconds, ageSeconds ?? 0);
  if (quiet >= jobSilentSeconds)
    return as('silent', `pod ${instance}, which claimed it, still runs and has written nothing about it for ${seconds(quiet)} or longer`);
  return as(
    'unknown',
    `pod ${instance} has been silent about it for ${seconds(quiet)}, which is too short to tell: look again at ${seconds(jobSilentSeconds)}`,
  );
}
