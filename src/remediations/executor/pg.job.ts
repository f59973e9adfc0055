import { randomUUID } from 'node:crypto';
import type { JobWriter } from '../../clients/postgres-jobs-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import type { Change } from '../plan.ts';
import { writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepContext, type StepResult, unknown, type VerbRunner } from './verb.ts';

type Orphan = StepOf<'pg.job_fail'> | StepOf<'pg.job_requeue'>;

/** How the two ways of ending an orphaned job differ. */
interface Way<S extends Orphan> {
  readonly status: string;
  /** What the note says was done, and what the outcome says. */
  readonly word: string;
  write(writer: JobWriter, step: S, note: string): Promise<string | undefined>;
  changes(step: S): readonly Change[];
}

/** Ends one orphaned job for good. */
export const jobFailVerb = (writer: JobWriter): VerbRunner<StepOf<'pg.job_fail'>> =>
  orphanVerb(writer, {
    status: 'Failed',
    word: 'ended for good',
    write: (to, step, note) => to.fail(step, note),
    changes: ({ before, mostRetries }) => [
      { field: 'status', before: 'Running', after: 'Failed' },
      { field: 'retry_count', before: `${before.retryCount} of ${mostRetries}`, after: `${mostRetries} of ${mostRetries}` },
      { field: 'next_retry_at', before: before.nextRetryAt ?? '(none)', after: '(none)' },
      { field: 'completed_at', before: before.completedAt ?? '(none)', after: 'now' },
    ],
  });

/** Lets one orphaned job be claimed again. */
export const jobRequeueVerb = (writer: JobWriter): VerbRunner<StepOf<'pg.job_requeue'>> =>
  orphanVerb(writer, {
    status: 'Pending',
    word: 'put back into the queue',
    write: (to, step, note) => to.requeue(step, note),
    changes: ({ before, mostRetries }) => [
      { field: 'status', before: 'Running', after: 'Pending' },
      { field: 'retry_count', before: `${before.retryCount} of ${mostRetries}`, after: `${before.retryCount + 1} of ${mostRetries}` },
      { field: 'next_retry_at', before: before.nextRetryAt ?? '(none)', after: 'in 30 s' },
    ],
  });

function orphanVerb<S extends Orphan>(writer: JobWriter, way: Way<S>): VerbRunner<S> {
  const settle = (step: S, { note = '' }: Readonly<Record<string, string>>) => readBack(writer, way.status, step, note);
  return {
    async preview(step) {
      const state = await writer.look(step, '');
      if (state === undefined) throw new WriteRefusedError('gone', `There is no job ${step.id}.`);
      if (!state.fits) throw new WriteRefusedError('precondition', `Job ${step.id} is not what the plan was made for any more.`);
      return [
        ...way.changes(step),
        { field: 'locked_until', before: step.before.lockedUntil ?? '(none)', after: '(none)' },
        { field: 'error_message', before: '(as it is)', after: '(and a line that says so)' },
      ]
        .filter(({ before, after }) => before !== after)
        .map((change) => ({ ...change, field: `Job ${step.id}, ${change.field}` }));
    },
    // The note tells afterwards whether this very attempt was written.
    mark: (now) => ({ note: `hotswap-bot ${now.toISOString()} ${randomUUID().slice(0, 8)}: ${way.word}, its worker was gone.` }),
    perform: (step, mark, context) =>
      writeOnce(
        () => write(writer, way, step, mark.note ?? ''),
        () => settle(step, mark),
        context,
      ),
    settle: (step, mark, _context: StepContext) => settle(step, mark),
    follow: async () => done('Nothing to wait for.'),
  };
}

async function write<S extends Orphan>(writer: JobWriter, way: Way<S>, step: S, note: string): Promise<StepResult> {
  const rowVersion = await way.write(writer, step, note);
  if (rowVersion !== undefined) return done(`Job ${step.id} was ${way.word}.`, { rowVersion, note, before: { ...step.before } });
  const state = await writer.look(step, note);
  if (state === undefined) return notDone(`There is no job ${step.id} any more; nothing was changed.`);
  const what = state.rowVersion === step.rowVersion ? 'its lock was renewed, or it has no attempt left' : `it is ${state.status} now`;
  return notDone(`Job ${step.id} is not what the plan was made for any more (${what}); nothing was changed.`);
}

async function readBack(writer: JobWriter, status: string, step: Orphan, note: string): Promise<StepResult> {
  const state = await writer.look(step, note);
  if (state === undefined) return unknown(`There is no job ${step.id} any more.`);
  if (state.rowVersion === step.rowVersion) return notDone(`Job ${step.id} is as it was.`);
  if (!state.noted) return unknown(`Job ${step.id} is ${state.status} now, and its row does not say who changed it.`);
  // Where somebody went on with it since, there is nothing to take back.
  const facts = state.status === status ? { rowVersion: state.rowVersion, note, before: { ...step.before } } : {};
  return done(`Job ${step.id} carries the note of this fix; it is ${state.status}.`, facts);
}
