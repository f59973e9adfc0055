import { z } from 'zod';
import type { Report } from '../../diagnostics/report.ts';
import { classifyJob } from '../../diagnostics/rules/job-classes.ts';
import { seconds } from '../../diagnostics/rules/phrases.ts';
import type { JobInQuestion, JobRow } from '../evidence/job-row.ts';
import type { StepOf } from '../executor/steps.ts';
import type { Form, Option } from '../form.ts';
import type { DraftResult, NothingToDo, Refused } from '../plan.ts';
import type { FormContext } from '../types.ts';
import { refuse } from './refusal.ts';

/** What the two ways of ending an orphaned job have in common. */

const Id = z.string().regex(/^[\w.:-]{1,200}$/, 'must be the id of a job');
const RowVersion = z.string().regex(/^\d+$/, 'must be the version of a row, as the diagnosis shows it');

/** Set where an earlier request is taken back: what the row held, and the line that was added to its error text. */
const Restore = z.strictObject({
  note: z.string().min(1),
  before: z.strictObject({
    lockedUntil: z.string().nullable(),
    completedAt: z.string().nullable(),
    nextRetryAt: z.string().nullable(),
    retryCount: z.int().min(0),
  }),
});

export interface JobParams {
  readonly [key: string]: unknown;
  readonly id: string;
  /** The version that the diagnosis saw; left out: whatever it is when the plan is made. */
  readonly rowVersion?: string | undefined;
  readonly restore?: z.infer<typeof Restore> | undefined;
}

const Given = z.object({ id: Id, rowVersion: RowVersion.optional(), restore: Restore.optional() });
/** A choice of the form is id and version in one word. */
const Choice = z
  .object({ job: z.string().regex(/^[^/]+\/\d+$/) })
  .transform(({ job }): z.input<typeof Given> => ({ id: job.split('/')[0] ?? '', rowVersion: job.split('/')[1] ?? '' }))
  .pipe(Given);

export const JobParams: z.ZodType<JobParams> = z.union([Choice, Given]);

/** Of the manual of both. */
export const JOB_PARAMETERS = {
  id: 'the id of the job',
  rowVersion: 'the version of its row (xmin) that was looked at; left out: the one when the plan is made',
  restore: 'set by Undo alone: what the row held before',
};

/** Each code that these refuse with, for the manual. */
export const ORPHAN_REFUSALS = {
  'no-job': 'there is no such job',
  'row-changed': 'the row has changed since the diagnosis, or since the fix that is to be taken back',
  'not-orphaned': 'its pod may still work on it, its lock is live, or its approval is pending',
  'lock-fresh': 'its lock ran out less than thresholds.jobLockGraceSeconds (60) ago',
  'too-young': 'it was claimed less than thresholds.jobStuckSeconds (900) ago',
};

/** Refuses for any job that is not surely orphaned, now: on the row and on the pod as they are read for this plan. */
export function orphanGuard({ job, worker, limits }: JobInQuestion, { id, rowVersion }: JobParams): Refused | NothingToDo | undefined {
  if (job === null)
    return refuse('no-job', `There is no job ${id}.`, 'Run `/hotswap diagnose deployment`: it lists the jobs that are stuck.');
  if (job.status !== 'Running') return { kind: 'nothing-to-do', reason: `Job ${id} is ${job.status}, and not Running any more.` };
  if (rowVersion !== undefined && rowVersion !== job.rowVersion)
    return refuse(
      'row-changed',
      `Job ${id} has changed since the diagnosis (row version ${rowVersion} then, ${job.rowVersion} now).`,
      'Something may be working on it. Run `/hotswap diagnose deployment` again.',
    );
  const found = classifyJob({ ...job, worker, log: { read: false, windowSeconds: 0, lastLineSeconds: null } }, limits);
  if (found.class !== 'orphaned')
    return refuse(
      'not-orphaned',
      `Job ${id} is not surely orphaned: ${found.because}.`,
      'Only a job whose pod is gone, or was restarted since, may be changed: any other may still be at work.',
    );
  const ranOut = job.lockRanOutSeconds;
  if (ranOut !== null && ranOut <= limits.jobLockGraceSeconds)
    return refuse(
      'lock-fresh',
      `The lock of job ${id} ran out ${seconds(ranOut)} ago, not longer than ${seconds(limits.jobLockGraceSeconds)}.`,
      'Wait, then ask again.',
    );
  if (job.ageSeconds === null || job.ageSeconds <= limits.jobStuckSeconds)
    return refuse(
      'too-young',
      `Job ${id} was claimed ${seconds(job.ageSeconds ?? 0)} ago, not longer than ${seconds(limits.jobStuckSeconds)}.`,
      'Wait, then ask again.',
    );
  return undefined;
}

/** The row, with what it holds and what must still be true of it when the executor changes it. */
export function orphanStep(
  id: string,
  job: JobRow,
  { jobLockGraceSeconds, jobStuckSeconds }: JobInQuestion['limits'],
): Omit<StepOf<'pg.job_fail'>, 'verb'> {
  const { schema, table, tableOid, rowVersion, lockedUntil, completedAt, nextRetryAt, retries, mostRetries } = job;
  return {
    ...{ schema, table, tableOid, id, rowVersion, mostRetries },
    before: { lockedUntil, completedAt, nextRetryAt, retryCount: retries },
    lockGraceSeconds: jobLockGraceSeconds,
    minimumAgeSeconds: jobStuckSeconds,
  };
}

/** What the approver should see of the row. */
export function describeJob(id: string, job: JobRow): string {
  const lock = job.lockRanOutSeconds === null ? 'no lock' : `lock ran out ${seconds(job.lockRanOutSeconds)} ago`;
  return `Job ${id}: deployment ${job.deploymentId}, ${job.status} for ${seconds(job.ageSeconds ?? 0)}, ${lock}, claimed by pod ${job.instance ?? '(nobody)'}, attempt ${job.retries} of ${job.mostRetries}, row version ${job.rowVersion}.`;
}

export const jobIdentity = ({ tableOid }: JobRow, id: string) => `row:${tableOid}:${id}`;

/** Takes an earlier fix of a job back, while its row is as that fix left it. */
export function planRestore({ job }: JobInQuestion, { id, rowVersion, restore }: JobParams): DraftResult {
  if (restore === undefined || rowVersion === undefined) throw new Error('there is nothing to take back');
  if (job === null || job.rowVersion !== rowVersion)
    return refuse(
      'row-changed',
      `Job ${id} has changed since the fix${job === null ? ': it is gone' : `; it is ${job.status}`}.`,
      'It can be taken back only while nobody has gone on with it.',
    );
  const { schema, table, tableOid } = job;
  const summary = `Put job ${id} (deployment ${job.deploymentId}) back to Running, as it was before the fix.`;
  return {
    kind: 'act',
    plan: {
      risk: 'R2',
      summary,
      identity: jobIdentity(job, id),
      steps: [{ verb: 'pg.job_restore', schema, table, tableOid, id, rowVersion, before: restore.before, note: restore.note }],
      stepTexts: [`UPDATE of that row of ${schema}.${table}, only while its version is ${rowVersion}.`],
      changes: [],
      touches: [`The job is ${job.status} now, and will be Running without a worker again: nothing takes it up by itself.`],
      warnings: [],
      undo: { kind: 'none', text: 'Ask for the fix again.' },
      stop: { kind: 'none' },
      temporary: false,
    },
  };
}

/** The parameters that take a fix back; undefined where what was journalled does not say how. */
export function undoOf(params: JobParams, facts: unknown): JobParams | undefined {
  const found = z.object({ rowVersion: RowVersion, ...Restore.shape }).safeParse(facts);
  if (!found.success || params.restore !== undefined) return undefined;
  const { rowVersion, note, before } = found.data;
  return { id: params.id, rowVersion, restore: { note, before } };
}

const Seen = z.object({ id: z.string(), rowVersion: z.string(), class: z.string(), deploymentId: z.string() });

/** Any of the orphaned jobs that a report saw may be chosen. */
export function orphanForm({ params, report }: FormContext, about: string): Form {
  const { options, initial } = orphansSeen(report, params);
  return {
    about,
    closed: options.length === 0 ? 'The diagnosis saw no orphaned job. Run `/hotswap diagnose deployment`.' : null,
    fields: [
      { kind: 'choice', name: 'job', label: 'Job', hint: 'As the diagnosis saw it; row and pod are looked at again.', options, initial },
    ],
  };
}

/** That a job is no orphan any more, whatever others are. */
export function orphanMended({ id }: JobParams, report: Report): string | undefined {
  const orphans = orphansOf(report);
  return orphans === undefined || orphans.some((job) => job.id === id) ? undefined : `Job ${id} is not stuck any more.`;
}

/** The orphaned jobs that a report saw; undefined where it could not look. */
function orphansOf(report: Report | null): z.infer<typeof Seen>[] | undefined {
  const facts = report?.checks.find(({ id, verdict }) => id === 'pg.jobs' && verdict !== 'unknown')?.facts.jobs;
  if (!Array.isArray(facts)) return undefined;
  return facts.flatMap((raw: unknown) => {
    const row = Seen.safeParse(raw);
    return row.success && row.data.class === 'orphaned' ? [row.data] : [];
  });
}

/** Each orphaned job that a report saw: `id/version`. */
function orphansSeen(report: Report | null, offered: Readonly<Record<string, unknown>>): { options: Option[]; initial: string | null } {
  const seen = (orphansOf(report) ?? []).map(({ id, rowVersion, deploymentId }) => ({
    value: `${id}/${rowVersion}`,
    label: `Job ${id}, deployment ${deploymentId}`,
  }));
  const own = z.object({ id: Id, rowVersion: RowVersion }).safeParse(offered);
  const initial = own.success ? `${own.data.id}/${own.data.rowVersion}` : (seen[0]?.value ?? null);
  const missing =
    initial === null || seen.some(({ value }) => value === initial) ? [] : [{ value: initial, label: `Job ${initial.split('/')[0]}` }];
  return { options: [...missing, ...seen].slice(0, 100), initial };
}
