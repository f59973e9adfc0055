import { describe, expect, it } from 'vitest';
import { pgJobQueue } from '../../../src/diagnostics/checks/pg.job_queue.ts';
import { type JobQueue, jobQueue } from '../../../src/diagnostics/evidence/job-queue.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const queue = (changes: Partial<JobQueue> = {}) =>
  given(jobQueue, {
    state: 'read',
    table: 'public.deployment_jobs',
    data: {
      pending: 1,
      overdue: 0,
      oldestOverdueSeconds: null,
      running: 3,
      live: 3,
      liveSample: [],
      willRetry: 0,
      lastClaimedSeconds: 400,
      lastCompletedSeconds: 10,
      ...changes,
    },
  });
const late = { pending: 4, overdue: 4, oldestOverdueSeconds: 700 };

describe('pg.job_queue', () => {
  it('is well where nothing is overdue', () => expectNeverOkOverGaps(pgJobQueue, queue()));

  it.each<[string, string, Partial<JobQueue>]>([
    ['fail', 'jobs wait and nobody claims any', { ...late, lastClaimedSeconds: 121 }],
    ['fail', 'jobs wait and nobody ever claimed any', { ...late, lastClaimedSeconds: null }],
    ['warn', 'jobs wait and others are claimed', { ...late, lastClaimedSeconds: 120 }],
    ['ok', 'a hundred wait', { pending: 100 }],
    ['warn', 'more than a hundred wait', { pending: 101 }],
  ])('is %s where %s', (verdict, _, changes) => expect(run(pgJobQueue, queue(changes)).verdict).toBe(verdict));

  it.each([
    ['locked', 'fail'],
    ['absent', 'warn'],
  ] as const)('over a table that is %s is %s', (state, verdict) =>
    expect(run(pgJobQueue, given(jobQueue, { state, table: 't' })).verdict).toBe(verdict),
  );
});
