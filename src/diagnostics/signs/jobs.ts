import { pgJobs } from '../checks/pg.jobs.ts';
import { pgLocks } from '../checks/pg.locks.ts';
import type { JobClass } from '../rules/job-classes.ts';
import { capital, count, seconds, short } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import type { ConclusionContext, FactsOf, Finding, JudgeContext, Rule } from '../types.ts';

/** Rules that several causes share: what has become of jobs, and of the deployment that was asked about. */

type JobFacts = FactsOf<typeof pgJobs>;
export type SeenJob = JobFacts['jobs'][number];
type Waiting = FactsOf<typeof pgLocks>['waiting'][number];

/** A job as people know it. */
export const jobName = ({ id, deploymentId }: Pick<SeenJob, 'id' | 'deploymentId'>) => `job ${id} (deployment ${deploymentId})`;

/** Jobs of a class; where one was asked about, that one leads. */
export function jobsOf(context: ConclusionContext, ...classes: readonly JobClass[]): SeenJob[] {
  return (context.facts(pgJobs)?.jobs ?? []).filter(({ class: name }) => classes.some((one) => one === name));
}

/** Whether a running job is of one of these classes. */
export function someJobIs(what: string, ...classes: readonly JobClass[]): Rule {
  return rule({ jobs: pgJobs }, ({ jobs: { tableState, table, jobs } }) => {
    if (tableState !== 'read') return no(`Table ${table} is ${tableState}.`);
    const [job, ...others] = jobs.filter(({ class: name }) => classes.some((one) => one === name));
    if (job === undefined) return no(`No running job ${what}.`);
    const more = others.length === 0 ? '' : ` ${count(others.length, 'more job')} like it.`;
    return yes(`${capital(jobName(job))} is in the state Running: ${job.because}.${more}`);
  });
}

/** Jobs that ended in failure: the one that was asked about, else those of the last minutes. */
export function failedJobs(facts: JobFacts | null, kind: 'will-retry' | 'for-good'): SeenJob[] {
  const chosen = (facts?.jobs ?? []).filter((job) => (facts?.askedFound === true ? job.asked : true) && job.status === 'Failed');
  return chosen.filter((job) => (kind === 'for-good' ? hasGivenUp(job) : !hasGivenUp(job) && (job.retryInSeconds ?? 0) > 0));
}

const hasGivenUp = ({ retries, mostRetries }: SeenJob) => retries !== null && mostRetries !== null && retries >= mostRetries;

/** Names are compared as mappers change them: without quotes, underscores and case. */
const bare = (text: string) => text.replace(/["_]/g, '').toLowerCase();

/** Sessions of the application that wait for a lock with a statement about that table. */
export function waitingOn(table: string, waiting: readonly Waiting[], { target, thresholds }: JudgeContext): Waiting[] {
  const name = bare(table.split('.').at(-1) ?? table);
  return waiting.filter(
    ({ role, query, wantedOn, waitingSeconds }) =>
      target.database.applicationRoles.includes(role) &&
      waitingSeconds > thresholds.lockWaitWarnSeconds &&
      (bare(query).includes(name) || bare(wantedOn).includes(name)),
  );
}

/** Whether sessions of the application wait for a lock on that table. */
export function waitsForLockOn(table: string, waiting: readonly Waiting[], context: JudgeContext): Finding {
  const [first, ...others] = waitingOn(table, waiting, context);
  if (first === undefined)
    return no(`No session of the application waits longer than ${seconds(context.thresholds.lockWaitWarnSeconds)} for a lock on ${table}.`);
  const sessions = count(others.length + 1, 'session of the application waits', 'sessions of the application wait');
  return yes(
    `${sessions} for a lock on ${table}: session ${first.pid} for ${seconds(first.waitingSeconds)}, behind session ${first.blockedBy}.`,
  );
}

/** What is behind sessions that wait, as a person would look for it. */
export function blockersOf(context: ConclusionContext, waiting: readonly Waiting[]): string[] {
  const roots = context.facts(pgLocks)?.roots ?? [];
  return roots
    .filter(({ pid }) => waiting.some(({ blockedBy }) => blockedBy.split(', ').includes(String(pid))))
    .map(
      ({ pid, application, role, state, transactionSeconds, query }) =>
        `session ${pid} (${[application, role].filter((part) => part !== null && part !== '').join(', ')}), whose transaction began ${seconds(transactionSeconds)} ago and which is ${state ?? 'in an unknown state'}; its last statement: ${short(query, 120)}`,
    );
}
