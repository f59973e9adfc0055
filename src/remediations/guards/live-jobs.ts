import { z } from 'zod';
import type { LiveJob } from '../../diagnostics/evidence/job-queue.ts';
import { count, form } from '../../diagnostics/rules/phrases.ts';
import { jobsSeen } from '../evidence/jobs-seen.ts';
import { type LiveJobs, liveJobs } from '../evidence/live-jobs.ts';
import type { Field } from '../form.ts';
import type { Refused } from '../plan.ts';
import type { FormContext, PlanContext } from '../types.ts';
import { textOf } from './facts-seen.ts';
import { refuse } from './refusal.ts';

/** Deployment jobs that run in pods which a fix ends: it waits for them, or says which ones are lost. */

export const Jobs = z.enum(['keep', 'override']).default('keep');
export type Jobs = z.output<typeof Jobs>;

export const JOBS_PARAMETER = 'keep (refuse while deployment jobs run; the default) or override (lose them)';

/** The choice with which jobs that are running do not stand in the way. */
export const LOSE_JOBS = { jobs: 'override' } as const satisfies { jobs: Jobs };

/** The evidence of the guard: where jobs do not count, the plan says which are lost and waits for nothing. */
export const jobsSource = (jobs: Jobs) => (jobs === 'override' ? jobsSeen : liveJobs);
export const NO_JOBS: LiveJobs = { live: 0, sample: [] };

export const jobsField = ({ params }: Pick<FormContext, 'params'>): Field => ({
  kind: 'choice',
  name: 'jobs',
  label: 'Deployment jobs that are running',
  hint: 'All pods are replaced, which orphans them: nothing takes a running job up again.',
  options: [
    { value: 'keep', label: 'Do not begin while a job runs' },
    { value: 'override', label: 'Begin anyway, and lose them' },
  ],
  initial: textOf(params.jobs) ?? 'keep',
});

/** `what` would orphan jobs; `anyway` is the choice of the form that lets them be lost. */
interface EndOfPods {
  readonly what: string;
  readonly anyway: string;
  readonly jobs: Jobs;
}

/** Refuses what ends all pods while deployment jobs run in them. Whoever takes something back has no choice of their own: that of the fix goes on. */
export function jobsGuard(
  seen: LiveJobs | null,
  { what, anyway, jobs }: EndOfPods,
  { undoing }: Pick<PlanContext, 'undoing'>,
): Refused | undefined {
  if (jobs === 'override' || seen === null || seen.live === 0) return undefined;
  const { live, sample } = seen;
  const them = form(live, 'it', 'them');
  return {
    ...refuse(
      'live-jobs',
      `${running(live)}${named(live, sample)}; ${what} would orphan ${them}.`,
      undoing
        ? `Wait until ${form(live, 'it ends', 'they end')}, then press Undo again.`
        : `Wait until ${form(live, 'it ends', 'they end')}, or ask again with "${anyway}" (typed: jobs=override) and lose ${them}.`,
    ),
    anyway: LOSE_JOBS,
  };
}

/** What becomes of a job whose pod ends. */
export const FATE =
  'Nothing takes a running job up again: it stays Running and half done until somebody ends it (`fix.job.fail`) or runs it anew (`fix.job.requeue`), once its lock has run out.';

/** The jobs that are lost with all pods, where the plan does not wait for them. */
export function lostJobs(seen: LiveJobs | null, jobs: Jobs): string[] {
  if (jobs === 'keep') return [];
  if (seen === null) return [`Whether deployment jobs are running could not be read; those that are, are lost. ${FATE}`];
  const { live, sample } = seen;
  if (live === 0) return ['No deployment job is running now; those that begin before the pods end are lost.'];
  return [`LOST JOBS: ${running(live)}${named(live, sample)}. ${FATE}`];
}

/** The same for an end of some pods: which ones, Kubernetes chooses. */
export function jobsAtRisk(seen: LiveJobs | null): string[] {
  if (seen === null) return [`Whether deployment jobs are running could not be read; those in the pods that end are lost. ${FATE}`];
  const { live, sample } = seen;
  if (live === 0) return [];
  return [`${running(live)}${named(live, sample)}; those in the pods that end are lost. ${FATE}`];
}

const running = (live: number) => `${count(live, 'deployment job is', 'deployment jobs are')} running under a lock that has not run out`;

function named(live: number, sample: readonly LiveJob[]): string {
  if (sample.length === 0) return '';
  const more = live - sample.length;
  return `: ${sample.map(jobText).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function jobText({ id, deployment, instance }: LiveJob): string {
  const about = [...(deployment === null ? [] : [`deployment ${deployment}`]), ...(instance === null ? [] : [`pod ${instance}`])];
  return `job ${id ?? 'without an id'}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
}
