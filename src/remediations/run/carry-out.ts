import type { NamedTarget } from '../../config/settings.ts';
import { beginStep, endStep, type JournalEntry, listSteps } from '../../store/journal.ts';
import type { Action } from '../approvals/actions.ts';
import { decide } from '../approvals/decide.ts';
import type { Execution, NextFix, RequestRecord } from '../approvals/record.ts';
import { runnerOf } from '../executor/runner.ts';
import type { Step } from '../executor/steps.ts';
import { notDone, type StepContext, type StepResult } from '../executor/verb.ts';
import type { Plan } from '../plan.ts';
import type { Remediation } from '../types.ts';
import { type Brake, createBrake, frozenOutcome } from './brake.ts';
import type { RunContext } from './context.ts';
import { InterruptedError } from './interrupted.ts';
import { type Lease, LeaseLostError } from './lease.ts';

export interface Work {
  readonly record: RequestRecord;
  readonly plan: Plan;
  readonly remediation: Remediation;
  readonly target: NamedTarget;
  /** Another executor began it and has died: what it left is read back, nothing is begun. */
  readonly resumed: boolean;
  readonly lease: Lease;
}

interface Running extends Work {
  readonly brake: Brake;
  readonly progress: Progress;
}

const FROZEN_FOR_A_MOMENT = 'A freeze stood when this step was to be begun, and was lifted at once. Ask for the fix again.';

/** A step of the way back has the number of the step that it takes back, and this. */
const REVERSE = 100;

type Journal = ReadonlyMap<number, JournalEntry>;

/** Does the steps of a plan, each written down before and after. Returns the record as it is then. */
export async function carryOut(work: Work, context: RunContext): Promise<RequestRecord | null> {
  const journal: Journal = new Map((await listSteps(context.store, work.record.id)).map((entry) => [entry.step, entry]));
  const progress = createProgress(work.record, context);
  const running: Running = { ...work, progress, brake: createBrake(work.record, context) };
  const steps = stepContext(running, context);
  for (const [index, step] of work.plan.steps.entries()) {
    const result = await doStep(index, step, journal.get(index), running, steps, context);
    progress.add(index, result);
    if (result.kind !== 'done') return end(running, result, context);
  }
  const last = work.plan.steps.at(-1);
  if (last === undefined) return null;
  // Where the way back was begun, it is gone to its end: the outside is not followed on the way there any more.
  const followed = [...journal.keys()].some((step) => step >= REVERSE)
    ? { kind: 'stopped' as const, text: 'Stopped.', facts: {} }
    : await runnerOf(last, work.remediation.verbs, context.writePorts(work.target)).follow(last, steps);
  if (followed.kind === 'done') return executed(work, progress.execution(context.now()), context);
  if (followed.kind !== 'stopped' || work.plan.stop.kind !== 'revert') return end(running, followed, context);
  if (running.brake.frozen() !== null) return end(running, { ...followed, text: `${followed.text} Nothing was taken back.` }, context);
  const back = await takeBack(running, journal, steps, context);
  return end(running, { ...back, text: `${followed.text} ${back.text}` }, context);
}

/** One step, once: settled where it was begun before, refused where another executor is at it. */
async function doStep(
  index: number,
  step: Step,
  entry: JournalEntry | undefined,
  { record, remediation, target, resumed, lease, brake }: Running,
  steps: StepContext,
  context: RunContext,
): Promise<StepResult> {
  const runner = runnerOf(step, remediation.verbs, context.writePorts(target));
  if (entry?.result !== undefined && entry.result !== null) return entry.result;
  if (entry !== undefined) return written(afterCrash(index, await settled(() => runner.settle(step, entry.mark, steps))));
  if (resumed) return notDone(`The executor ended before this step was begun. ${unchanged(index)}`);
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
  if (begun === 'frozen') return { kind: 'stopped', text: (await brake.requested()) ? '' : FROZEN_FOR_A_MOMENT, facts: {} };
  if (begun === 'taken') await lease.confirm(); // not ours any more, or begun before
  if (begun === 'taken')
    return { kind: 'unknown', text: 'Another executor began this step at the same time. Look at what it did.', facts: {} };
  return written(await settled(() => runner.perform(step, mark, steps)));

  async function written(result: StepResult): Promise<StepResult> {
    const first = await endStep(context.store, record.id, index, result, context.now());
    if (!first && result.kind !== 'not-done') await late(record.id, result, context);
    await lease.confirm();
    return result;
  }
}

/**
 * This process was stopped in the middle of a write, another one took the request over, and the write went through after all.
 * What was said of the request is then not true any more, and somebody has to look.
 */
async function late(id: string, result: StepResult, context: RunContext): Promise<void> {
  const outcome = `An executor that was thought dead came back. ${result.text} It had been taken for not done, so look what is there now.`;
  if ((await apply(id, { kind: 'late', outcome }, context)) !== null) context.log.error({ request: id, result }, 'a write came too late');
}

/** What was read back after an executor died. */
function afterCrash(index: number, result: StepResult): StepResult {
  return result.kind === 'not-done' ? notDone(`The executor died at this step. ${result.text} ${unchanged(index)}`) : result;
}

function unchanged(index: number): string {
  if (index >= REVERSE) return 'It was not taken back; Undo it, or take it back yourself.';
  return index === 0
    ? 'Nothing was changed; ask for the fix again.'
    : `What the ${index === 1 ? 'step' : `${index} steps`} before it changed is still so; nothing more was done.`;
}

/** A runner throws where the step is not ours any more, and where this process ends; where it throws otherwise, nobody knows what happened. */
async function settled(work: () => Promise<StepResult>): Promise<StepResult> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InterruptedError || error instanceof LeaseLostError) throw error;
    return { kind: 'unknown', text: `It broke off: ${error instanceof Error ? error.message : 'unknown error'}.`, facts: {} };
  }
}

/** Takes every step back, the last one first. Ends where one cannot be. */
async function takeBack(work: Running, journal: Journal, steps: StepContext, context: RunContext): Promise<StepResult> {
  const texts: string[] = [];
  for (const [index, step] of [...work.plan.steps.entries()].reverse()) {
    const reverse = runnerOf(step, work.remediation.verbs, context.writePorts(work.target)).reverse?.(step);
    if (reverse === undefined) return { kind: 'unknown', text: [...texts, 'There is no way back for this step.'].join(' '), facts: {} };
    const result = await doStep(REVERSE + index, reverse, journal.get(REVERSE + index), { ...work, resumed: false }, steps, context);
    texts.push(result.text);
    if (result.kind !== 'done') return { ...result, text: texts.join(' ') };
  }
  return { kind: 'stopped', text: texts.join(' '), facts: {} };
}

const ENDINGS: Readonly<Record<Exclude<StepResult['kind'], 'done'>, 'stopped' | 'failed' | 'lost'>> = {
  stopped: 'stopped',
  'not-done': 'failed',
  broken: 'failed',
  unknown: 'lost',
};

function end(running: Running, result: StepResult, context: RunContext): Promise<RequestRecord | null> {
  if (result.kind === 'done') return Promise.resolve(null);
  const { record, plan, progress, brake } = running;
  const execution = progress.execution(context.now());
  const next = removalOf(running, execution, context);
  const freeze = brake.frozen();
  if (result.kind !== 'stopped' || freeze === null)
    return apply(record.id, { kind: ENDINGS[result.kind], outcome: result.text, execution, next }, context);
  const frozen = { by: freeze.by, at: context.now().toISOString(), freeze: true as const };
  return apply(
    record.id,
    { kind: 'stopped', outcome: frozenOutcome(plan, progress.done(), result.text, freeze), execution, frozen, next },
    context,
  );
}

/** The fix that removes what was left behind. */
function removalOf({ record, remediation }: Work, { results }: Execution, { remediations }: RunContext): NextFix | undefined {
  const removal = remediation.removal?.({ params: record.params, facts: results.map(({ facts }) => facts) });
  const title = removal === undefined ? undefined : remediations.get(removal.remediation)?.title;
  return removal === undefined || title === undefined ? undefined : { ...removal, title };
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
  /** How many steps were done. */
  done(): number;
  say(text: string): Promise<void>;
  execution(finishedAt: Date | null): Execution;
}

function createProgress(record: RequestRecord, context: RunContext): Progress {
  const startedAt = record.execution?.startedAt ?? context.now().toISOString();
  const results: Execution['results'][number][] = [];
  let last: string | null = null;
  let done = 0;
  const execution = (finishedAt: Date | null): Execution => ({
    startedAt,
    finishedAt: finishedAt?.toISOString() ?? null,
    progress: last,
    results,
  });
  return {
    add: (step, { kind, text, facts }) => {
      if (kind === 'done') done += 1;
      if (text !== '') results.push({ step, text, facts });
    },
    done: () => done,
    async say(text) {
      if (text === last) return;
      last = text;
      await apply(record.id, { kind: 'progress', execution: execution(null) }, context);
    },
    execution,
  };
}

/** What goes on outside does not end because the store is away for a while: then nobody is told how far it is, nor presses Stop. */
function stepContext({ record, remediation, lease, progress, brake }: Running, context: RunContext): StepContext {
  const { rolloutDeadlineSeconds } = context.settings.remediations;
  const unheard = (error: unknown): void => context.log.warn({ err: error, request: record.id }, 'the store does not answer during a step');
  return {
    now: context.now,
    async wait(ms) {
      await context.wait(ms);
      if (lease.lost) throw new LeaseLostError(record.id);
    },
    stopRequested: () =>
      brake.requested().catch((error: unknown) => {
        unheard(error);
        return false;
      }),
    report: (text) => progress.say(text).catch(unheard),
    confirm: lease.confirm,
    pollMs: 1_000,
    deadlineMs: (remediation.deadlineSeconds ?? rolloutDeadlineSeconds) * 1000,
  };
}
