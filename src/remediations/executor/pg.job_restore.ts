import type { JobWriter } from '../../clients/postgres-jobs-write.ts';
import { writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepResult, unknown, type VerbRunner } from './verb.ts';

type Restore = StepOf<'pg.job_restore'>;

/** Puts a job back to what it was before a fix, only while nobody has changed its row since. */
export function jobRestoreVerb(writer: JobWriter): VerbRunner<Restore> {
  const look = (step: Restore) => writer.look({ ...step, lockGraceSeconds: 0, minimumAgeSeconds: 0 }, step.note);
  const settle = async (step: Restore): Promise<StepResult> => {
    const state = await look(step);
    if (state === undefined) return unknown(`There is no job ${step.id} any more.`);
    if (state.rowVersion === step.rowVersion) return notDone(`Job ${step.id} is as the fix left it.`);
    // The note goes with the restoring, and a job that was claimed since keeps it or is well without.
    return state.status === 'Running' && !state.noted
      ? done(`Job ${step.id} is Running again, without the note of the fix.`)
      : unknown(`Job ${step.id} is ${state.status} now, and its row does not say who changed it.`);
  };
  return {
    preview: async (step) => {
      const state = await look(step);
      return [{ field: `Job ${step.id}, status`, before: state?.status ?? '(gone)', after: 'Running, as before the fix' }];
    },
    mark: () => ({}),
    perform: (step, _mark, context) =>
      writeOnce(
        async () =>
          (await writer.restore(step)) === undefined
            ? notDone(`Job ${step.id} has changed since the fix, as where it was claimed; nothing was changed.`)
            : done(`Job ${step.id} is as it was before the fix.`),
        () => settle(step),
        context,
      ),
    settle: (step) => settle(step),
    follow: async () => done('Nothing to wait for.'),
  };
}
