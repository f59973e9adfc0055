import type { SessionWriter } from '../../clients/postgres-write.ts';
import { writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepContext, type StepResult, type VerbRunner } from './verb.ts';

type Terminate = StepOf<'pg.terminate'>;

const WAIT_MS = 500;
const WAITS = 10;

/** Ends one session that is idle in a transaction; its transaction is rolled back. */
export function terminateVerb(writer: SessionWriter): VerbRunner<Terminate> {
  const settle = async (step: Terminate): Promise<StepResult> =>
    (await writer.isGone(step)) ? done(`Session ${step.pid} is gone.`) : notDone(`Session ${step.pid} is still there.`);
  return {
    preview: async (step) => [{ field: `Session ${step.pid} (since ${step.backendStart})`, before: 'idle in transaction', after: 'ended' }],
    mark: () => ({}),
    perform: (step, _mark, context) =>
      writeOnce(
        () => terminate(writer, step, context),
        () => settle(step),
        context,
      ),
    settle: (step, _mark, context) => waitUntilGone(settle, step, context),
    follow: async () => done('Nothing to wait for.'),
  };
}

async function terminate(writer: SessionWriter, step: Terminate, context: StepContext): Promise<StepResult> {
  const ended = await writer.terminateIdle(step);
  if (ended === undefined) {
    if (await writer.isGone(step)) return notDone(`Session ${step.pid} had ended by itself; nothing was done.`);
    return notDone(`Session ${step.pid} is not idle in its transaction any more, or holds an advisory lock; nothing was done.`);
  }
  if (!ended.signalled) return notDone(`PostgreSQL could not signal session ${step.pid}; nothing was done.`);
  const gone = await waitUntilGone(async () => ((await writer.isGone(step)) ? done('') : notDone('')), step, context);
  const facts = { user: ended.usename, application: ended.application_name, idleSeconds: ended.idle_s };
  return gone.kind === 'done'
    ? done(`Session ${step.pid} of ${ended.usename} was ended after ${ended.idle_s} s idle in its transaction.`, facts)
    : { kind: 'unknown', text: `Session ${step.pid} was signalled, but is still there after ${(WAIT_MS * WAITS) / 1000} s.`, facts };
}

/** A signalled backend ends at its next chance, so it is given a while. */
async function waitUntilGone(
  look: (step: Terminate) => Promise<StepResult>,
  step: Terminate,
  context: Pick<StepContext, 'wait'>,
): Promise<StepResult> {
  for (let attempt = 1; attempt < WAITS; attempt += 1) {
    const result = await look(step);
    if (result.kind === 'done') return result;
    await context.wait(WAIT_MS);
  }
  return look(step);
}
