import { describe, expect, it } from 'vitest';
import { jobNoRow as cause } from '../../../src/diagnostics/causes/job.no_row.ts';
import { type Changes, kindOf } from '../support/job-facts.ts';

const lost = (pods: number, oldest = pods, jobs: Changes['jobs'] = { askedFound: false }): Changes => ({
  state: { executionId: 'x', status: 'Running', runningSeconds: 3_000 },
  jobs,
  workers: { youngestPodSeconds: pods, oldestPodSeconds: oldest },
});

describe('job.no_row', () => {
  it('is confirmed where every pod is younger than the deployment', () => expect(kindOf(cause, lost(600))).toBe('confirmed'));
  it('is likely where one of them is', () => expect(kindOf(cause, lost(600, 90_000))).toBe('likely'));

  it.each([
    ['no execution was named', {}],
    ['it has a row', lost(600, 600, { askedFound: true })],
    ['no pod was started since', lost(4_000)],
    ['it runs for 15 min', { ...lost(600), state: { executionId: 'x', status: 'Running', runningSeconds: 900 } }],
    ['it is done', { ...lost(600), state: { executionId: 'x', status: 'Succeeded', runningSeconds: 3_000 } }],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));

  it('is undecided where the service did not say', () => expect(kindOf(cause, { ...lost(600), state: null })).toBe('undecided'));
});
