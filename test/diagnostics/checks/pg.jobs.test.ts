import { describe, expect, it } from 'vitest';
import { pgJobs } from '../../../src/diagnostics/checks/pg.jobs.ts';
import { type JobTrace, jobTraces } from '../../../src/diagnostics/evidence/job-traces.ts';
import { type Job, jobs } from '../../../src/diagnostics/evidence/jobs.ts';
import { judge } from '../../../src/diagnostics/judge.ts';
import type { Evidence } from '../../../src/diagnostics/types.ts';
import { ago, context, expectNeverOkOverGaps, given, run, silent } from '../support/evidence.ts';

const job = (changes: Partial<Job> = {}): Job => ({
  id: '1',
  deploymentId: 'exec-1',
  status: 'Running',
  rowVersion: '812',
  instance: 'pod-a',
  startedAt: ago(2_400).toISOString(),
  ageSeconds: 2_400,
  lockRanOutSeconds: 1_800,
  completedSeconds: null,
  retryInSeconds: null,
  retries: 0,
  mostRetries: 3,
  error: null,
  approvalPending: false,
  ...changes,
});
const live = job({ lockRanOutSeconds: -300 });
const table = (...rows: Job[]) =>
  given(jobs, { state: 'read', table: 'public.deployment_jobs', data: { namesWorkers: true, jobs: rows, withoutRow: [] } });
const traces = (...found: Partial<JobTrace>[]) =>
  given(
    jobTraces,
    found.map(
      (trace) =>
        ({
          jobId: '1',
          worker: { state: 'gone' },
          log: { read: true, windowSeconds: 900, lastLineSeconds: null },
          ...trace,
        }) satisfies JobTrace,
    ),
  );

describe('pg.jobs', () => {
  it('is well where every lock is live', () => expectNeverOkOverGaps(pgJobs, table(live), traces()));

  it.each<[string, string, Partial<JobTrace>]>([
    ['fail', 'orphaned', { worker: { state: 'gone' } }],
    ['fail', 'orphaned', { worker: { state: 'there', startedAt: ago(600) } }],
    ['warn', 'silent', { worker: { state: 'there', startedAt: ago(90_000) } }],
    [
      'warn',
      'slow_but_alive',
      { worker: { state: 'there', startedAt: ago(90_000) }, log: { read: true, windowSeconds: 900, lastLineSeconds: 60 } },
    ],
    ['unknown', 'unknown', { worker: { state: 'unknown' } }],
  ])('is %s over a job that is %s', (verdict, name, trace) =>
    expect(run(pgJobs, table(job()), traces(trace))).toMatchObject({ verdict, facts: { jobs: [{ class: name }] } }),
  );

  it('lists jobs that are not well, and counts the others', () =>
    expect(run(pgJobs, table(job(), { ...live, id: '2' }), traces({})).facts).toMatchObject({
      running: 2,
      jobs: [{ id: '1', rowVersion: '812' }],
    }));

  it('tells of failures', () =>
    expect(run(pgJobs, table(job({ status: 'Failed', completedSeconds: 90 })), traces())).toMatchObject({
      verdict: 'warn',
      summary: expect.stringContaining('90 s ago'),
    }));

  it.each([
    { asked: 'exec-1', rows: [job()], trace: {}, verdict: 'fail', text: /^1 job without a worker/ },
    {
      asked: 'exec-9',
      rows: [job()],
      trace: {},
      verdict: 'fail',
      text: /^No job has the execution .* \(exec-9\)\. 1 job without a worker/,
    },
    { asked: 'exec-9', rows: [live], trace: {}, verdict: 'warn', text: /^No job has the execution .* \(exec-9\)\. 1 job in the state/ },
  ])('says first of $asked that no job has it, where none does: $verdict', ({ asked, rows, trace, verdict, text }) => {
    const read = new Map<string, Evidence<unknown>>([table(...rows), traces(trace)].map((one) => [one.source, one]));
    expect(judge(pgJobs, read, { ...context, question: { executionId: asked } }, silent)).toMatchObject({
      verdict,
      summary: expect.stringMatching(text),
    });
  });

  it('takes a lock on the table for evidence', () =>
    expect(run(pgJobs, given(jobs, { state: 'locked', table: 'public.deployment_jobs' }), traces())).toMatchObject({
      verdict: 'fail',
      facts: { tableState: 'locked' },
    }));

  it('warns where there is no such table', () =>
    expect(run(pgJobs, given(jobs, { state: 'absent', table: 'deployment_jobs' }), traces()).verdict).toBe('warn'));
});
