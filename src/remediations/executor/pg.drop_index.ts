import type { IndexWriter } from '../../clients/postgres-index-write.ts';
import { writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepResult, type VerbRunner } from './verb.ts';

type DropIndex = StepOf<'pg.drop_index'>;

/** Drops exactly the index that an earlier request built, without blocking writers. */
export function dropIndexVerb(writer: IndexWriter): VerbRunner<DropIndex> {
  const settle = async (step: DropIndex): Promise<StepResult> => {
    const state = await writer.inspect(step);
    const name = `${step.schema}.${step.index}`;
    if (state.kind === 'absent') return done(`The index ${name} is gone.`);
    if (state.oid !== step.indexOid) return done(`The index is gone; another one is called ${name} now and was not touched.`);
    if (state.kind === 'valid') return notDone(`The index ${name} is still there.`);
    return { kind: 'broken', text: `The index ${name} is half dropped: it is left invalid and costs every write.`, facts: {} };
  };
  return {
    preview: async (step) => [{ field: `Index ${step.schema}.${step.index}`, before: `on ${step.schema}.${step.table}`, after: '(none)' }],
    mark: () => ({}),
    async perform(step, _mark, context) {
      const result = await writeOnce(
        async () => {
          await writer.drop(step);
          return done(`The index ${step.schema}.${step.index} was dropped.`);
        },
        () => settle(step),
        context,
      );
      return result.kind === 'not-done' ? withLeftover(result, await settle(step)) : result;
    },
    settle,
    follow: async () => done('Nothing to wait for.'),
  };
}

const withLeftover = (refusal: StepResult, now: StepResult): StepResult =>
  now.kind === 'broken' ? { ...now, text: `${refusal.text} ${now.text}` } : refusal;
