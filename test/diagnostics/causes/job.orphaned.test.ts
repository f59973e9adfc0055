import { describe, expect, it } from 'vitest';
import { jobOrphaned as cause } from '../../../src/diagnostics/causes/job.orphaned.ts';
import { kindOf, offers, withJobs, words } from '../support/job-facts.ts';

describe('job.orphaned', () => {
  it('is confirmed where the pod of a running job is gone', () => expect(kindOf(cause, withJobs({}))).toBe('confirmed'));

  it.each([
    ['no job is', {}],
    ['the pod is there', withJobs({ class: 'silent' })],
    ['the table cannot be read', { jobs: { tableState: 'locked' } }],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));

  it('is undecided where jobs could not be looked at', () => expect(kindOf(cause, { jobs: null })).toBe('undecided'));

  it('offers to end exactly that version of the job, or to run it again', () => {
    const params = { id: '17', rowVersion: '812' };
    expect(offers(cause, withJobs({}))).toMatchObject([
      { id: 'fix.job.fail', params },
      { id: 'fix.job.requeue', params },
    ]);
  });

  it('offers no further attempt where there is none left', () =>
    expect(offers(cause, withJobs({ retries: 3 })).map(({ id }) => id)).toEqual(['fix.job.fail']));

  it.each([
    ['young', { ageSeconds: 800 }],
    ['just out of its lock', { lockRanOutSeconds: 59 }],
  ])('offers nothing for a job that is %s', (_, job) => expect(offers(cause, withJobs(job))).toEqual([]));

  it('warns of restarts and of Failed alone', () => {
    expect(words(cause, withJobs({}))).toMatch(/xmin is 812[\s\S]*run again within seconds[\s\S]*Do not restart/);
  });
});
