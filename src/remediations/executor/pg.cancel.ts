import type { SessionWriter } from '../../clients/postgres-write.ts';
import { writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepContext, type StepResult, type VerbRunner } from './verb.ts';

type Cancel = StepOf<'pg.cancel'>;

const WAIT_MS = 500;
const WAITS = 10;

/** Cancels one running statement; its session stays, and its transaction, where it has one, is rolled back. */
export function cancelVerb(writer: SessionWriter): VerbRunner<Cancel> {
  const settle = async (step: Cancel): Promise<StepResult> =>
    (await writer.isOver(step))
      ? done(`The statement of session ${step.pid} runs no more.`)
      : notDone(`Session ${step.pid} still runs it.`);
  return {
    preview: async (step) => [
      { field: `Statement of session ${step.pid} (since ${step.queryStart})`, before: 'running', after: 'cancelled' },
    ],
    mark: () => ({}),
    perform: (step, _mark, context) =>
      writeOnce(
        () => cancel(writer, step, context),
        () => settle(step),
        context,
      ),
    settle: (step, _mark, context) => waitUntilOver(() => settle(step), context),
    follow: async () => done('Nothing to wait for.'),
  };
}

async function cancel(writer: SessionWriter, step: Cancel, context: StepContext): Promise<StepResult> {
  const cancelled = await writer.cancelRunning(step);
  if (cancelled === undefined)
    return notDone(
      (await writer.isOver(step))
        ? `The statement of session ${step.pid} had ended by itself; nothing was done.`
        : `The statement of session ${step.pid} may not be cancelled: its role is not allowed, or it has not run for ${step.minimumRunningSeconds} s; nothing was done.`,
    );
  if (!cancelled.signalled) return notDone(`PostgreSQL could not signal session ${step.pid}; nothing was done.`);
  const facts = { user: cancelled.usename, application: cancelled.application_name, runningSeconds: cancelled.running_s };
  const over = await waitUntilOver(async () => ((await writer.isOver(step)) ? done('') : notDone('')), context);
  return over.kind === 'done'
    ? done(`The statement of session ${step.pid} (${cancelled.usename}) was cancelled after ${cancelled.running_s} s.`, facts)
    : {
        kind: 'unknown',
        text: `Session ${step.pid} was told to cancel its statement, but still runs it after ${(WAIT_MS * WAITS) / 1000} s.`,
        facts,
      };
}

/** A statement looks at its next chance whether it was cancelled, so it is given a while. */
async function waitUntilOver(look: () => Promise<StepResult>, context: Pick<StepContext, 'wait'>): Promise<StepResult> {
  for (let attempt = 1; attempt < WAITS; attempt += 1) {
    const result = await look();
    if (result.kind === 'done') return result;
    await context.wait(WAIT_MS);
  }
  return look();
}
