import { describe, expect, it } from 'vitest';
import { jobSlowButAlive as cause } from '../../../src/diagnostics/causes/job.slow_but_alive.ts';
import { kindOf, withJobs, words } from '../support/job-facts.ts';

describe('job.slow_but_alive', () => {
  it('is benign', () => expect(cause.benign).toBe(true));
  it('is confirmed where the pod wrote about the job', () =>
    expect(kindOf(cause, withJobs({ class: 'slow_but_alive' }))).toBe('confirmed'));
  it('is ruled out where it did not', () => expect(kindOf(cause, withJobs({ class: 'silent' }))).toBe('ruled-out'));
  it('says to leave it alone', () => expect(words(cause, withJobs({ class: 'slow_but_alive' }))).toContain('Leave job 17'));
});
