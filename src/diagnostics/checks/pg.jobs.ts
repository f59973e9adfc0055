import type { Thresholds } from '../../config/thresholds.ts';
import { type JobTrace, jobTraces } from '../evidence/job-traces.ts';
import { type Job, jobs } from '../evidence/jobs.ts';
import { classifyJob } from '../rules/job-classes.ts';
import { capital, count, seconds, some } from '../rules/phrases.ts';
import { unreadTable } from '../rules/table-state.ts';
import { defineCheck, type Judgement } from '../types.ts';

type JobFacts = {
  table: string;
  /** read, locked: nobody could read it for a second; absent: there is none. */
  tableState: string;
  running: number;
  /** Whether the execution that was asked about has a row; null: none was asked about. */
  askedFound: boolean | null;
  /** Executions that the service tells of and that have no row. */
  withoutRow: string[];
  stuckSeconds: number;
  jobs: {
    id: string;
    deploymentId: string;
    asked: boolean;
    status: string;
    /** Of a running job; of others "". */
    class: string;
    because: string;
    rowVersion: string;
    instance: string | null;
    ageSeconds: number | null;
    lockRanOutSeconds: number | null;
    retryInSeconds: number | null;
    retries: number | null;
    mostRetries: number | null;
    completedSeconds: number | null;
    error: string | null;
  }[];
};

/** Jobs that are well are counted, not listed. */
const isWell = ({ class: name, asked }: JobFacts['jobs'][number]) => name === 'running_ok' && !asked;

export const pgJobs = defineCheck({
  id: 'pg.jobs',
  title: 'Jobs of deployments',
  needs: { jobs, jobTraces },
  judge({ jobs: { data }, jobTraces: { data: traces } }, { thresholds, question }): Judgement<JobFacts> {
    const asked = question.executionId;
    const found = data.state === 'read' ? data.data.jobs : [];
    const described = found.map((job) => describe(job, traces, thresholds, asked));
    const facts: JobFacts = {
      table: data.table,
      tableState: data.state,
      running: found.filter(({ status }) => status === 'Running').length,
      askedFound: asked === undefined ? null : described.some((job) => job.asked),
      withoutRow: data.state === 'read' ? [...data.data.withoutRow] : [],
      stuckSeconds: thresholds.jobStuckSeconds,
      jobs: described.filter((job) => !isWell(job)),
    };
    if (data.state !== 'read') return { ...unreadTable(data), facts };
    const { verdict, summary } = verdictOf(facts);
    if (facts.askedFound !== false) return { verdict, summary, facts };
    return {
      verdict: verdict === 'ok' ? 'warn' : verdict,
      summary: `No job has the execution that was asked about (${asked}). ${summary}`,
      facts,
    };
  },
});

function describe(job: Job, traces: readonly JobTrace[], thresholds: Thresholds, asked: string | undefined): JobFacts['jobs'][number] {
  const trace = traces.find(({ jobId }) => jobId === job.id);
  const classified =
    job.status === 'Running' ? classifyJob({ ...job, worker: { state: 'unknown' }, log: UNREAD, ...trace }, thresholds) : null;
  const { approvalPending: _, startedAt: __, ...row } = job;
  return { ...row, asked: job.deploymentId === asked, class: classified?.class ?? '', because: classified?.because ?? '' };
}

const UNREAD = { read: false, windowSeconds: 0, lastLineSeconds: null };

function verdictOf({ jobs: all, running }: JobFacts): Pick<Judgement<JobFacts>, 'verdict' | 'summary'> {
  const of = (...classes: readonly string[]) => all.filter((job) => classes.includes(job.class));
  const name = (some_: typeof all) =>
    some(
      some_.map(({ id, deploymentId, because }) => `job ${id} (${deploymentId}): ${because}`),
      2,
    );
  const orphaned = of('orphaned');
  const doubtful = of('silent', 'slow_but_alive', 'waiting_approval');
  const unclear = of('unknown');
  const failed = all.filter(({ status }) => status === 'Failed');
  const rest = `; ${count(running, 'job')} in the state Running`;
  if (orphaned.length > 0)
    return { verdict: 'fail', summary: `${count(orphaned.length, 'job')} without a worker${rest}. ${capital(name(orphaned))}.` };
  if (doubtful.length > 0)
    return { verdict: 'warn', summary: `${count(doubtful.length, 'running job')} outlived the lock${rest}. ${capital(name(doubtful))}.` };
  if (unclear.length > 0) return { verdict: 'unknown', summary: `${capital(name(unclear))}.` };
  if (failed.length > 0) {
    const texts = failed.map(
      ({ id, completedSeconds }) => `job ${id}${completedSeconds === null ? '' : ` ${seconds(completedSeconds)} ago`}`,
    );
    return { verdict: 'warn', summary: `${count(failed.length, 'job')} failed: ${some(texts)}${rest}.` };
  }
  return { verdict: 'ok', summary: `${count(running, 'job')} in the state Running, each under a lock that has not run out.` };
}
