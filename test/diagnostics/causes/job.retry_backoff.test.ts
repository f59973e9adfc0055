import { describe, expect, it } from 'vitest';
import { jobRetryBackoff as cause } from '../../../src/diagnostics/causes/job.retry_backoff.ts';
import { kindOf, withJobs, words } from '../support/job-facts.ts';

const failed = { status: 'Failed', class: '', retries: 2, retryInSeconds: 200, error: 'Node 7 refused' };

describe('job.retry_backoff', () => {
  it('is confirmed where the next attempt is to come', () => expect(kindOf(cause, withJobs(failed))).toBe('confirmed'));
  it.each([
    ['no attempt is left', { retries: 3 }],
    ['the time has passed', { retryInSeconds: -5 }],
    ['it runs', { status: 'Running' }],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, withJobs({ ...failed, ...changes }))).toBe('ruled-out'));
  it('speaks of the job that was asked about alone', () => {
    const { jobs } = withJobs(failed, { status: 'Running', asked: true });
    expect(kindOf(cause, { jobs: { ...jobs, askedFound: true } })).toBe('ruled-out');
  });
  it('says when, and what made it fail', () =>
    expect(words(cause, withJobs(failed))).toMatch(/in 3 min \(attempt 3 of 3\)\. It failed with: Node 7 refused/));
});
