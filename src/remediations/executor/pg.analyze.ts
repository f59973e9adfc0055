import type { StatisticsWriter } from '../../clients/postgres-statistics-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import { utc } from '../../diagnostics/rules/phrases.ts';
import { objection, readBackQuietly, writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepContext, type StepResult, unknown, type VerbRunner } from './verb.ts';

type Analyze = StepOf<'pg.analyze'>;

const WAIT_MS = 500;
/** Up to version 14 the server counts with a delay. */
const WAITS = 10;

/** Collects the statistics of one table anew. That it happened is told by the time that the server keeps of it. */
export function analyzeVerb(writer: StatisticsWriter): VerbRunner<Analyze> {
  return {
    async preview(step) {
      await precondition(writer, step);
      return [
        {
          field: `Last ANALYZE by hand of ${step.schema}.${step.table}`,
          before: step.lastAnalyze === null ? 'never' : utc(step.lastAnalyze),
          after: 'now',
        },
      ];
    },
    mark: () => ({}),
    async perform(step, _mark, context) {
      const refused = await objection(() => precondition(writer, step));
      if (refused !== undefined) return refused;
      return writeOnce(
        () => analyze(writer, step, context),
        () => settle(writer, step, context),
        context,
      );
    },
    settle: (step, _mark, context) => settle(writer, step, context),
    follow: async () => done('Nothing to wait for.'),
  };
}

async function precondition(writer: StatisticsWriter, step: Analyze): Promise<void> {
  const name = `${step.schema}.${step.table}`;
  const state = await writer.look(step);
  if (state === undefined) throw new WriteRefusedError('gone', `There is no table ${name} of that identity.`);
  if (!state.mayAnalyze)
    throw new WriteRefusedError(
      'forbidden',
      `The role of ownerUrlFrom neither owns ${name} nor has MAINTAIN on it (PostgreSQL 17 and later).`,
    );
  if (state.lastAnalyze !== step.lastAnalyze)
    throw new WriteRefusedError(
      'precondition',
      `${name} was analysed by somebody else${state.lastAnalyze === null ? '' : ` at ${utc(state.lastAnalyze)}`}.`,
    );
  if (state.busy > 0) throw new WriteRefusedError('precondition', `Another session works on ${name}.`);
}

async function analyze(writer: StatisticsWriter, step: Analyze, context: StepContext): Promise<StepResult> {
  const warnings = await writer.analyze(step);
  const result = await untilCounted(writer, step, context);
  if (result.kind === 'done' || warnings.length === 0)
    return result.kind === 'not-done' ? unknown(`ANALYZE ended without a word. ${result.text}`) : result;
  return notDone(`PostgreSQL skipped it: ${warnings.join(' ')}`);
}

/** An ANALYZE goes on in the server when its client has died; it is waited for, then the time of the last one tells. */
async function settle(writer: StatisticsWriter, step: Analyze, context: StepContext): Promise<StepResult> {
  const deadline = context.now().getTime() + context.deadlineMs;
  while (context.now().getTime() < deadline) {
    const result = await readBackQuietly(() => untilCounted(writer, step, context));
    const state = await writer.look(step).catch(() => undefined);
    if (result.kind === 'done' || (state !== undefined && state.busy === 0)) return result;
    if (await context.stopRequested()) return unknown(`${result.text} Another session still works on the table.`);
    await context.wait(context.pollMs);
  }
  return unknown(`Whether ${step.schema}.${step.table} was analysed could not be told in time.`);
}

async function untilCounted(writer: StatisticsWriter, step: Analyze, context: Pick<StepContext, 'wait'>): Promise<StepResult> {
  const name = `${step.schema}.${step.table}`;
  for (let attempt = 0; attempt < WAITS; attempt += 1) {
    const state = await writer.look(step);
    if (state === undefined) return unknown(`There is no table ${name} any more.`);
    if (state.lastAnalyze !== null && state.lastAnalyze !== step.lastAnalyze)
      return done(`${name} was analysed at ${utc(state.lastAnalyze)}.`, { lastAnalyze: state.lastAnalyze });
    await context.wait(WAIT_MS);
  }
  return notDone(`${name} was not analysed${step.lastAnalyze === null ? '' : ` since ${utc(step.lastAnalyze)}`}.`);
}
