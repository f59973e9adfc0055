import type { BuildProgress, IndexBuild, IndexWriter } from '../../clients/postgres-index-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import { readBackQuietly } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepContext, type StepResult, unknown, type VerbRunner } from './verb.ts';

type CreateIndex = StepOf<'pg.create_index'>;

/** Builds one index without blocking writers. Stop cancels the build; what a failed build leaves behind is said. */
export function createIndexVerb(writer: IndexWriter): VerbRunner<CreateIndex> {
  return {
    preview: async (step) => [
      {
        field: `Index ${step.schema}.${step.index}`,
        before: '(none)',
        after: `on ${step.schema}.${step.table} (${step.columns.join(', ')})`,
      },
    ],
    mark: () => ({}),
    async perform(step, _mark, context) {
      const refused = await readBackQuietly(() => precondition(writer, step));
      if (refused.kind !== 'done') return refused.kind === 'unknown' ? notDone(refused.text) : refused;
      await context.confirm();
      return build(writer, step, context);
    },
    settle: (step, _mark, context) => waitForForeignBuild(writer, step, context),
    follow: async () => done('Nothing to wait for.'),
  };
}

async function precondition(writer: IndexWriter, step: CreateIndex): Promise<StepResult> {
  const state = await writer.inspect(step);
  return state.kind === 'absent'
    ? done('')
    : notDone(`An index ${step.schema}.${step.index} exists already (${state.kind}); nothing was done.`);
}

async function build(writer: IndexWriter, step: CreateIndex, context: StepContext): Promise<StepResult> {
  let statement: IndexBuild;
  try {
    statement = await writer.startBuild(step);
  } catch (error) {
    return notDone(error instanceof Error ? error.message : 'The build could not be started.');
  }
  const { stopped, failure } = await watch(statement, context);
  const state = await waitForForeignBuild(writer, step, context);
  if (state.kind === 'done') return state;
  if (stopped) return { ...state, kind: 'stopped', text: `The build was cancelled. ${state.text}` };
  const reason = failure instanceof Error ? failure.message : 'no reason was given';
  if (state.kind === 'not-done' && !(failure instanceof WriteRefusedError))
    return unknown(`The build ended without an answer (${reason}). ${state.text}`);
  return { ...state, text: `The build failed: ${reason}. ${state.text}` };
}

async function watch(statement: IndexBuild, context: StepContext): Promise<{ stopped: boolean; failure: unknown }> {
  let ended = false;
  let failure: unknown;
  let stopped = false;
  const finished = statement.finished
    .catch((error: unknown) => {
      failure = error;
    })
    .finally(() => {
      ended = true;
    });
  while (!ended) {
    await Promise.race([finished, context.wait(context.pollMs)]);
    if (ended) break;
    if (!stopped && (await context.stopRequested())) {
      stopped = true;
      await statement.cancel().catch(() => {}); // where cancelling fails the build goes on, and its end says so
    }
    const progress = await statement.progress().catch(() => undefined);
    if (progress !== undefined) await context.report(describe(progress));
  }
  return { stopped, failure };
}

/** A build goes on in the server when its client has died; it is waited for, then the catalogue tells. */
async function waitForForeignBuild(writer: IndexWriter, step: CreateIndex, context: StepContext): Promise<StepResult> {
  const deadline = context.now().getTime() + context.deadlineMs;
  while (true) {
    const result = await readBackQuietly(() => look(writer, step));
    if (result.kind !== 'unknown' || context.now().getTime() >= deadline) return result;
    if (await context.stopRequested()) return { ...result, text: `${result.text} It goes on in the server; cancel it there.` };
    await context.wait(context.pollMs);
  }
}

async function look(writer: IndexWriter, step: CreateIndex): Promise<StepResult> {
  const state = await writer.inspect(step);
  const name = `${step.schema}.${step.index}`;
  if (state.kind === 'absent') return notDone(`There is no index ${name}.`);
  if (state.kind === 'building') return unknown(`The index ${name} is still being built.`);
  if (state.tableOid !== step.tableOid) return notDone(`The index ${name} belongs to another table; it was not touched.`);
  if (state.kind === 'valid') return done(`The index ${name} is valid.`, { indexOid: state.oid });
  return {
    kind: 'broken',
    text: `The index ${name} is left invalid: it serves no query and costs every write. Remove it with fix.pg.drop_invalid_index, or by hand: DROP INDEX CONCURRENTLY ${name}`,
    facts: { indexOid: state.oid, invalid: true },
  };
}

function describe({ phase, share, waitingForPid }: BuildProgress): string {
  const percent = share === undefined ? '' : `, ${Math.round(share * 100)} % of this phase`;
  const waiting = waitingForPid === undefined ? '' : `, waiting for session ${waitingForPid}`;
  return `Index build: ${phase}${percent}${waiting}.`;
}
