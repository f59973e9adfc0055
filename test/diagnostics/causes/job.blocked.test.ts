import { describe, expect, it } from 'vitest';
import { jobBlocked as cause } from '../../../src/diagnostics/causes/job.blocked.ts';
import { kindOf, waitsFor, withJobs, words } from '../support/job-facts.ts';

const update = 'UPDATE deployment_jobs SET status = ? WHERE id = ?';

describe('job.blocked', () => {
  it.each([update, 'UPDATE "DeploymentJobs" SET "Status" = ?'])('is confirmed where %s waits', (query) =>
    expect(kindOf(cause, { ...withJobs({ class: 'silent' }), ...waitsFor(query) })).toBe('confirmed'),
  );

  it.each([
    ['every job has a live lock', waitsFor(update)],
    ['the job has no worker', { ...withJobs({}), ...waitsFor(update) }],
    ['it waits for 5 s', { ...withJobs({ class: 'silent' }), ...waitsFor(update, 5) }],
    ['it waits for something else', { ...withJobs({ class: 'silent' }), ...waitsFor('UPDATE orders SET a = ?') }],
    ['somebody else waits', { ...withJobs({ class: 'silent' }), ...waitsFor(update, 20, 'reports') }],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));

  it('names who holds the lock', () =>
    expect(words(cause, { ...withJobs({ class: 'silent' }), ...waitsFor(update) })).toContain('session 99 (backfill, hotswap)'));
});
