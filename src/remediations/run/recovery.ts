import { isDeepStrictEqual } from 'node:util';
import type { Diagnosis, Report, Verdict } from '../../diagnostics/report.ts';
import type { Reading } from '../approvals/record.ts';
import type { Examination } from './context.ts';

/** What the checks say after a fix, beside what they said before. `worse` is told apart from `still there` by the readings. */
export interface Recovery {
  readonly verdict: 'fixed' | 'not-fixed' | 'unknown';
  /** Whether another look can say anything else: not where nothing was wrong before. */
  readonly final: boolean;
  readonly summary: string;
  readonly readings: readonly Reading[];
  /** Where the fix helped with one of several things alike: the diagnosis of those that are left. */
  readonly left?: Diagnosis;
  /** Something is wrong that the fix was not for. */
  readonly elsewhere?: boolean;
}

/** What a remediation says about how its effect is to be looked at. */
interface Effect {
  /** Symptoms that are shown and do not count, because the fix itself makes them bad. */
  readonly leavesBad?: readonly string[] | undefined;
  /** Says in a sentence that the one thing which the fix was for is well; undefined where it is not, or that cannot be seen. */
  readonly mended?: ((after: Report) => string | undefined) | undefined;
}

const BAD: readonly Verdict[] = ['warn', 'fail'];

/**
 * What a fix was for: the cause that it answers, or null for whatever a diagnosis led to; where it answers no diagnosis, what the
 * remediation is known to mend.
 */
export type Aim = { readonly cause: string | null } | { readonly remediation: string; readonly params: Readonly<Record<string, unknown>> };

/**
 * Whether a diagnosis has gone: its cause is not concluded any more, and the symptoms that were bad are good. It asks
 * nothing of the fix that was made, so that a fix which does not help is seen not to. Where the fix was for one of several things
 * alike and that one is well, neither what is left of them counts nor what that explains. A fix that answers no diagnosis is held
 * against nothing but what it can mend, as it was seen before; where there was none of that, nothing can be said to have improved.
 */
export function judgeRecovery(before: Report, aim: Aim, examination: Examination, { leavesBad = [], mended }: Effect = {}): Recovery {
  const { report: after } = examination;
  const diagnosis = watched(before, aim);
  if (diagnosis === undefined && 'remediation' in aim) return nothingToMend(before, examination);
  const symptoms =
    diagnosis !== undefined && 'remediation' in aim
      ? examination.symptoms.filter((id) => accountsFor(diagnosis, id))
      : examination.symptoms;
  const all = symptoms.filter((id) => BAD.includes(verdictOf(before, id)));
  const bad = all.filter((id) => !leavesBad.includes(id));
  const readings = readingsOf(before, after, [...new Set([...all, ...seenBy(diagnosis)])]);
  if (diagnosis === undefined && bad.length === 0)
    return { verdict: 'unknown', final: true, summary: 'Nothing was wrong before that could be compared with now.', readings };
  const still = diagnosis === undefined ? undefined : concluded(after, diagnosis.cause);
  const stillBad = bad.filter((id) => BAD.includes(verdictOf(after, id)));
  const well = still === undefined ? undefined : mended?.(after);
  if (still !== undefined && well !== undefined && stillBad.every((id) => accountsFor(still, id)))
    return { verdict: 'fixed', final: true, summary: `${well} What is left: ${still.summary}`, readings, left: still };
  const trouble =
    still === undefined ? stillBad.map((id) => `Still not good: ${summaryOf(after, id)}`)[0] : `Still there: ${still.summary}`;
  if (trouble !== undefined) return { verdict: 'not-fixed', final: false, summary: trouble, readings };
  const untold = seenBy(diagnosis).find((id) => BAD.includes(verdictOf(before, id)) && verdictOf(after, id) === 'not-applicable');
  if (untold !== undefined)
    return { verdict: 'unknown', final: false, summary: `It cannot be told yet: ${summaryOf(after, untold)}`, readings };
  const blind = blindSpots(after, diagnosis, bad);
  if (blind.length > 0) return { verdict: 'unknown', final: false, summary: `It could not be looked at: ${blind.join(', ')}.`, readings };
  const gone = diagnosis === undefined ? 'What was bad is good again.' : `${diagnosis.title}: not there any more.`;
  return { verdict: 'fixed', final: true, summary: gone, readings };
}

/** The diagnosis that the fix answers, else the first root of the run; without a run, the one that the remediation is offered for. */
function watched(before: Report, aim: Aim): Diagnosis | undefined {
  const serious = before.diagnoses.filter(({ benign, certainty }) => !benign && certainty !== 'possible');
  const isRoot = ({ role }: Diagnosis) => role === 'root';
  if ('cause' in aim) return serious.find(({ cause }) => cause === aim.cause) ?? serious.find(isRoot);
  const offering = serious.filter(({ remediations }) => remediations.some(({ id }) => id === aim.remediation));
  return offering.find((one) => isMeant(one, aim)) ?? offering.find(isRoot) ?? offering[0];
}

/** Whether the very same was offered for it: a session is ended for what that session does. */
function isMeant({ remediations }: Diagnosis, { remediation, params }: Extract<Aim, { remediation: string }>): boolean {
  return remediations.some(
    (offer) => offer.id === remediation && Object.entries(offer.params).every(([name, value]) => isDeepStrictEqual(params[name], value)),
  );
}

/** Nothing that the remediation is known to mend was there before. What became bad since is looked at again: it may pass. */
function nothingToMend(before: Report, { report: after, symptoms }: Examination): Recovery {
  const badNow = symptoms.filter((id) => BAD.includes(verdictOf(after, id)));
  const worse = badNow.filter((id) => !BAD.includes(verdictOf(before, id)));
  const better = symptoms.filter((id) => BAD.includes(verdictOf(before, id)) && verdictOf(after, id) === 'ok');
  const unseen = symptoms.filter((id) => verdictOf(after, id) === 'unknown');
  const summaries = (ids: readonly string[]) => ids.map((id) => summaryOf(after, id)).join(' ');
  const now =
    worse.length > 0
      ? `Bad now, and not before: ${summaries(worse)}`
      : badNow.length > 0
        ? `Bad before, and now, by something else: ${summaries(badNow)}`
        : unseen.length > 0
          ? `It could not be looked at: ${unseen.join(', ')}.`
          : better.length > 0
            ? `Bad before, and good now, by this or by something else: ${summaries(better)}`
            : 'What was looked at is good now.';
  const readings = readingsOf(before, after, symptoms);
  const summary = `It was done. Nothing that it is known to mend was seen before it, so nothing can be said to have improved. ${now}`;
  return { verdict: 'unknown', final: worse.length === 0, summary, readings, elsewhere: badNow.length > 0 };
}

function concluded(after: Report, cause: string): Diagnosis | undefined {
  return after.diagnoses.find((one) => one.cause === cause && one.certainty !== 'possible');
}

function accountsFor(diagnosis: Diagnosis, symptom: string): boolean {
  return diagnosis.explains.includes(symptom) || seenBy(diagnosis).includes(symptom);
}

/** The checks that a cause was seen by. */
const seenBy = (diagnosis: Diagnosis | undefined): string[] => diagnosis?.evidence.map(({ check }) => check) ?? [];

function blindSpots(after: Report, diagnosis: Diagnosis | undefined, symptoms: readonly string[]): string[] {
  const undecided = after.undecided.filter(({ cause }) => cause === diagnosis?.cause).flatMap(({ checks }) => checks);
  const unknown = symptoms.filter((id) => verdictOf(after, id) === 'unknown');
  return [...new Set([...undecided, ...unknown])];
}

function readingsOf(before: Report, after: Report, ids: readonly string[]): Reading[] {
  return ids.map((check) => ({
    check,
    title: before.checks.find(({ id }) => id === check)?.title ?? check,
    before: summaryOf(before, check),
    after: summaryOf(after, check),
    verdict: verdictOf(after, check),
  }));
}

const verdictOf = (report: Report, id: string): Verdict => report.checks.find((check) => check.id === id)?.verdict ?? 'unknown';
const summaryOf = (report: Report, id: string): string => report.checks.find((check) => check.id === id)?.summary ?? 'not looked at';
