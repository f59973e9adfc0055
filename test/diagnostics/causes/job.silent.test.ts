import { describe, expect, it } from 'vitest';
import { jobSilent as cause } from '../../../src/diagnostics/causes/job.silent.ts';
import { kindOf, offers, withJobs, words } from '../support/job-facts.ts';

describe('job.silent', () => {
  it('is likely at most: nobody saw that the job hangs', () => expect(kindOf(cause, withJobs({ class: 'silent' }))).toBe('likely'));
  it('is ruled out where the pod is gone', () => expect(kindOf(cause, withJobs({}))).toBe('ruled-out'));
  it('offers nothing, and asks for a person', () => {
    expect(offers(cause, withJobs({ class: 'silent' }))).toEqual([]);
    expect(words(cause, withJobs({ class: 'silent', instance: 'pod-a' }))).toContain('as long as pod pod-a lives');
  });
});
