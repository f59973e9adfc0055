import type { NamedTarget } from '../../config/settings.ts';
import type { Diagnosis, Report } from '../../diagnostics/report.ts';
import { listCarriedOut } from '../../store/requests.ts';
import type { Action } from '../approvals/actions.ts';
import { decide } from '../approvals/decide.ts';
import { budgetOf } from '../approvals/policy.ts';
import type { NextFix, RequestRecord, Verification } from '../approvals/record.ts';
import { type Before, beforeOf } from './baseline.ts';
import type { Examination, RunContext } from './context.ts';
import { InterruptedError } from './interrupted.ts';
import { nextFix } from './next-fix.ts';
import { type Aim, judgeRecovery, type Recovery } from './recovery.ts';

/**
 * Looks again and again, with the checks that concluded the cause, until it is seen to be gone or the time is up. It only
 * reads, so another executor may go on with it.
 */
export async function verify(record: RequestRecord, context: RunContext): Promise<void> {
  const target = context.target(record.target);
  const { verification } = record;
  if (verification === null || target === undefined) return;
  if (record.undoes !== null) return conclude(record, takenBack(record), verification, undefined, context);
  const before = await beforeOf(record, context);
  if (before === null) return conclude(record, NOTHING_TO_COMPARE, verification, undefined, context);
  await watch(record, before, target, verification, context);
}

const NOTHING_TO_COMPARE: Recovery = {
  verdict: 'unknown',
  final: true,
  summary: 'It could not be looked at before the fix, so there is nothing to compare with.',
  readings: [],
};

async function watch(
  record: RequestRecord,
  before: Before,
  target: NamedTarget,
  verification: Verification,
  context: RunContext,
): Promise<void> {
  const since = new Date(record.execution?.finishedAt ?? verification.startedAt);
  let latest: Recovery = { verdict: 'unknown', final: false, summary: 'There were not enough samples after the fix.', readings: [] };
  let seen: Report | null = null;
  const next = async () => nextAfter(record, seen === null ? [before.report] : [seen, before.report], target, context);
  while (!context.signal.aborted) {
    const examination = await look({ topic: before.topic, target, since, before: before.report }, context);
    if (examination !== null) {
      seen = examination.report;
      latest = judgeRecovery(before.report, aimOf(record), examination, effectOf(record, context));
      if (latest.final) {
        const likewise = latest.left === undefined ? undefined : alike(seen, latest.left, record);
        const another = likewise === undefined ? undefined : await nextAfter(record, [likewise], target, context);
        return conclude(record, latest, verification, goesOn(latest) ? await next() : another, context);
      }
      const reading = { ...verification, summary: latest.summary, readings: [...latest.readings] };
      await apply(record.id, { kind: 'reading', verification: reading }, context);
    }
    if (context.now().getTime() >= Date.parse(verification.deadline)) {
      return conclude(record, latest, verification, goesOn(latest) ? await next() : undefined, context);
    }
    await context.wait(context.settings.remediations.verificationPollSeconds * 1000);
  }
}

/** A fix that answers a run is for what that found; one that was typed is for what it is known to mend. */
function aimOf({ run, cause, remediation, params }: RequestRecord): Aim {
  return run === null && cause === null ? { remediation, params } : { cause };
}

function effectOf({ remediation, params }: RequestRecord, { remediations }: RunContext) {
  const found = remediations.get(remediation);
  return { leavesBad: found?.leavesBad, mended: (after: Report) => found?.mended?.(params, after) };
}

/** What is left of several things alike, with the means that helped with one of them offered first. */
function alike(seen: Report, left: Diagnosis, { remediation }: RequestRecord): Report {
  const means = left.remediations.toSorted((a, b) => Number(b.id === remediation) - Number(a.id === remediation));
  return { ...seen, diagnoses: [{ ...left, remediations: means }] };
}

/** What to propose next: nothing that was carried out in this thread already, nor what still rests because somebody else's fix changed it. */
async function nextAfter(
  record: RequestRecord,
  reports: readonly Report[],
  target: NamedTarget,
  context: RunContext,
): Promise<NextFix | undefined> {
  const { cooldownSeconds } = budgetOf(context.policy.current(), record.target);
  const since = new Date(context.now().getTime() - cooldownSeconds * 1000);
  const tried = await listCarriedOut(context.store, { thread: record.thread, target: record.target, since });
  return nextFix(reports, { remediations: context.remediations, target, tried: [record, ...tried] });
}

/** One look. A look that breaks off says nothing; the next one may. */
async function look(question: Parameters<RunContext['examine']>[0], context: RunContext): Promise<Examination | null> {
  try {
    return await context.examine(question);
  } catch (error) {
    if (context.signal.aborted) throw new InterruptedError();
    context.log.warn({ err: error, topic: question.topic }, 'a look at the effect of a fix broke off');
    return null;
  }
}

/** Whether there is something left to be diagnosed: it did not help, or something else is wrong. */
const goesOn = ({ verdict, elsewhere }: Recovery): boolean => verdict === 'not-fixed' || elsewhere === true;

const VERDICTS = { fixed: 'fixed', 'not-fixed': 'not-fixed', unknown: 'unverified' } as const;

async function conclude(
  record: RequestRecord,
  recovery: Recovery,
  verification: Verification,
  next: NextFix | undefined,
  context: RunContext,
): Promise<void> {
  const verdict = VERDICTS[recovery.verdict];
  await apply(
    record.id,
    {
      kind: 'verdict',
      verdict,
      outcome: recovery.elsewhere === true ? `${recovery.summary} I am diagnosing that in this thread.` : recovery.summary,
      verification: { ...verification, summary: recovery.summary, readings: [...recovery.readings] },
      next,
    },
    context,
  );
  if (!goesOn(recovery)) return;
  await context.diagnoseAgain(record).catch((error: unknown) => {
    context.log.error({ err: error, request: record.id }, 'a new diagnosis could not be started after a fix that left something wrong');
  });
}

function takenBack(record: RequestRecord): Recovery {
  const texts = record.execution?.results.map(({ text }) => text) ?? [];
  return { verdict: 'fixed', final: true, summary: `Taken back. ${texts.join(' ')}`.trim(), readings: [] };
}

async function apply(id: string, action: Action, context: RunContext): Promise<void> {
  const at = context.now();
  await context.requests.change(id, at, (current) => decide(current, action, at));
}
