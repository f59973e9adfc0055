import { describe, expect, it } from 'vitest';
import { jobFailedPermanently as cause } from '../../../src/diagnostics/causes/job.failed_permanently.ts';
import { kindOf, withJobs, words } from '../support/job-facts.ts';

const failed = { status: 'Failed', class: '', retries: 3, completedSeconds: 100, error: 'Node 7 refused' };

describe('job.failed_permanently', () => {
  it('is confirmed where the attempts are used up', () => expect(kindOf(cause, withJobs(failed))).toBe('confirmed'));
  it.each([
    ['one is left', { retries: 2 }],
    ['it runs', { status: 'Running' }],
    ['the table does not say', { retries: null }],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, withJobs({ ...failed, ...changes }))).toBe('ruled-out'));
  it('says what made it fail', () => expect(words(cause, withJobs(failed))).toContain('Node 7 refused'));
});
