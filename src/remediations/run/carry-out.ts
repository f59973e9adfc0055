import type { NamedTarget } from '../../config/settings.ts';
import { beginStep, endStep, type JournalEntry, listSteps } from '../../store/journal.ts';
import type { Action } from '../approvals/actions.ts';
import { decide } from '../approvals/decide.ts';
import type { Execution, RequestRecord } from '../approvals/record.ts';
import { runnerOf } from '../executor/runner.ts';
import type { Step } from '../executor/steps.ts';
import { notDone, type StepContext, type StepResult } from '../executor/verb.ts';
import type { Plan } from '../plan.ts';
import type { Remediation } from '../types.ts';
import type { RunContext } from './context.ts';
import { InterruptedError } from './interrupted.ts';
import type { Lease } from './lease.ts';

export interface Work {
  readonly record: RequestRecord;
  readonly plan: Plan;
  readonly remediation: Remediation;
  readonly target: NamedTarget;
  /** Another executor began it and has died: what it left is read back, nothing is begun. */
  readonly resumed: boolean;
}

/** Steps of a way back are numbered from here, beside those of the plan. */
const REVERSE = 100;

/** Does the steps of a plan, each written down before and after. Returns the record as it is then. */
export async function carryOut(work: Work, lease: Lease, context: RunContext): Promise<RequestRecord | null> {
  const journal = new Map((await listSteps(context.store, work.record.id)).map((entry) => [entry.step, entry]));
  const progress = createProgress(work.record, context);
  const steps = stepContext(work, progress, context);
  for (const [index, step] of work.plan.steps.entries()) {
    const result = await doStep(index, step, journal.get(index), work, steps, lease, context);
    progress.add(index, result);
    if (result.kind !== 'done') return end(work, result, progress.execution(context.now()), context);
  }
  const last = work.plan.steps.at(-1);
  if (last === undefined) return null;
  const followed = await runnerOf(last, work.remediation.verbs, context.writePorts(work.target)).follow(last, steps);
  if (followed.kind === 'done') return executed(work, progress.execution(context.now()), context);
  if (followed.kind !== 'stopped' || work.plan.stop.kind !== 'revert')
    return end(work, followed, progress.execution(context.now()), context);
  const back = await takeBack(last, journal, work, steps, lease, context);
  return end(
    work,
    { ...back, kind: back.kind === 'done' ? 'stopped' : back.kind, text: `${followed.text} ${back.text}` },
    progress.execution(context.now()),
    context,
  );
}

/** One step, once: settled where it was begun before, refused where another executor is at it. */
async function doStep(
  index: number,
  step: Step,
  entry: JournalEntry | undefined,
  { record, remediation, target, resumed }: Work,
  steps: StepContext,
  lease: Lease,
  context: RunContext,
): Promise<StepResult> {
  const runner = runnerOf(step, remediation.verbs, context.writePorts(target));
  if (entry?.result !== undefined && entry.result !== null) return entry.result;
  if (entry !== undefined) return written(afterCrash(await settled(() => runner.settle(step, entry.mark, steps))));
  if (resumed) return notDone('The executor ended before this step was begun. Nothing was changed; ask for the fix again.');
  const mark = runner.mark(context.now());
  await lease.confirm();
  const begun = await beginStep(context.store, {
    requestId: record.id,
    step: index,
    verb: step.verb,
    intent: step,
    mark,
    executor: context.instance,
    at: context.now(),
  });
  if (!begun) return { kind: 'unknown', text: 'Another executor began this step at the same time. Look at what it did.', facts: {} };
  return written(await settled(() => runner.perform(step, mark, steps)));

  async function written(result: StepResult): Promise<StepResult> {
    await endStep(context.store, record.id, index, result, context.now());
    return result;
  }
}

/** What was read back after an executor died. */
function afterCrash(result: StepResult): StepResult {
  return result.kind === 'not-done'
    ? notDone(`The executor died at this step. ${result.text} Nothing was changed; ask for the fix again.`)
    : result;
}

/** A runner does not throw; where it does, nobody knows what happened. */
async function settled(work: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    return { kind: 'unknown', text: `It broke off: ${error instanceof Error ? error.message : 'unknown error'}.`, facts: {} };
  }
}

async function takeBack(
  step: Step,
  journal: ReadonlyMap<number, JournalEntry>,
  work: Work,
  steps: StepContext,
  lease: Lease,
  context: RunContext,
): Promise<StepResult> {
  const reverse = runnerOf(step, work.remediation.verbs, context.writePorts(work.target)).reverse?.(step);
  if (reverse === undefined) return { kind: 'unknown', text: 'There is no way back for this step.', facts: {} };
  return doStep(REVERSE, reverse, journal.get(REVERSE), { ...work, resumed: false }, steps, lease, context);
}

const ENDINGS: Readonly<Record<Exclude<StepResult['kind'], 'done'>, 'stopped' | 'failed' | 'lost'>> = {
  stopped: 'stopped',
  'not-done': 'failed',
  broken: 'failed',
  unknown: 'lost',
};

function end({ record }: Work, result: StepResult, execution: Execution, context: RunContext): Promise<RequestRecord | null> {
  if (result.kind === 'done') return Promise.resolve(null);
  return apply(record.id, { kind: ENDINGS[result.kind], outcome: result.text, execution }, context);
}

function executed({ record }: Work, execution: Execution, context: RunContext): Promise<RequestRecord | null> {
  const now = context.now();
  const deadline = new Date(now.getTime() + context.settings.remediations.verificationDeadlineSeconds * 1000).toISOString();
  const verification = { startedAt: now.toISOString(), deadline, summary: '', readings: [] };
  return apply(record.id, { kind: 'executed', execution, verification }, context);
}

async function apply(id: string, action: Action, context: RunContext): Promise<RequestRecord | null> {
  const at = context.now();
  const outcome = await context.requests.change(id, at, (current) => decide(current, action, at));
  if (outcome.kind === 'declined') context.log.warn({ request: id, action: action.kind, code: outcome.code }, 'the record had moved on');
  return outcome.kind === 'changed' ? outcome.record : null;
}

interface Progress {
  add(step: number, result: StepResult): void;
  say(text: string): Promise<void>;
  execution(finishedAt: Date | null): Execution;
}

function createProgress(record: RequestRecord, context: RunContext): Progress {
  const startedAt = record.execution?.startedAt ?? context.now().toISOString();
  const results: Execution['results'][number][] = [];
  let last: string | null = null;
  const execution = (finishedAt: Date | null): Execution => ({
    startedAt,
    finishedAt: finishedAt?.toISOString() ?? null,
    progress: last,
    results,
  });
  return {
    add: (step, { text, facts }) => {
      results.push({ step, text, facts });
    },
    async say(text) {
      if (text === last) return;
      last = text;
      await apply(record.id, { kind: 'progress', execution: execution(null) }, context);
    },
    execution,
  };
}

function stepContext({ record, remediation }: Work, progress: Progress, context: RunContext): StepContext {
  const { rolloutDeadlineSeconds } = context.settings.remediations;
  return {
    now: context.now,
    wait: context.wait,
    stopRequested: async () => (await context.requests.find(record.id))?.stop !== null,
    report: progress.say,
    pollMs: 1_000,
    deadlineMs: (remediation.deadlineSeconds ?? rolloutDeadlineSeconds) * 1000,
  };
}
