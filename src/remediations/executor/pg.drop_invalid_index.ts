import type { IndexWriter } from '../../clients/postgres-index-write.ts';
import { readBackQuietly, writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepContext, type StepResult, unknown, type VerbRunner } from './verb.ts';

type DropInvalid = StepOf<'pg.drop_invalid_index'>;

/** Drops exactly one index that is invalid, without blocking writers. One that has become valid is never touched. */
export function dropInvalidIndexVerb(writer: IndexWriter): VerbRunner<DropInvalid> {
  return {
    preview: async (step) => [
      { field: `Index ${step.schema}.${step.index}`, before: `invalid, on ${step.schema}.${step.table}`, after: '(none)' },
    ],
    mark: () => ({}),
    perform: (step, _mark, context) =>
      writeOnce(
        async () => {
          await writer.dropInvalid(step);
          return done(`The invalid index ${step.schema}.${step.index} was removed.`);
        },
        () => settle(writer, step, context),
        context,
      ),
    settle: (step, _mark, context) => settle(writer, step, context),
    follow: async () => done('Nothing to wait for.'),
  };
}

/** A drop goes on in the server when its client has died; it is waited for, then the catalogue tells. */
async function settle(writer: IndexWriter, step: DropInvalid, context: StepContext): Promise<StepResult> {
  const deadline = context.now().getTime() + context.deadlineMs;
  while (true) {
    const result = await readBackQuietly(() => look(writer, step));
    if (result.kind !== 'unknown' || context.now().getTime() >= deadline) return result;
    if (await context.stopRequested()) return { ...result, text: `${result.text} It goes on in the server.` };
    await context.wait(context.pollMs);
  }
}

async function look(writer: IndexWriter, step: DropInvalid): Promise<StepResult> {
  const name = `${step.schema}.${step.index}`;
  const busy = await writer.isBusy(step.tableOid);
  const state = await writer.inspect(step);
  if (state.kind === 'absent') return done(`The index ${name} is gone.`);
  if (state.oid !== step.indexOid) return done(`The index is gone; another one is called ${name} now and was not touched.`);
  if (busy || state.kind === 'building') return unknown(`Somebody is at work on ${step.schema}.${step.table}.`);
  return notDone(
    state.kind === 'valid'
      ? `The index ${name} is valid by now and was not touched.`
      : `The index ${name} is still there, invalid as before.`,
  );
}
