import { describe, expect, it } from 'vitest';
import { jobNoRow as cause } from '../../../src/diagnostics/causes/job.no_row.ts';
import { type Changes, kindOf, tells } from '../support/job-facts.ts';

const lost = (pods: number, oldest = pods, jobs: Changes['jobs'] = { withoutRow: ['x'] }): Changes => ({
  state: tells('Running', 3_000),
  jobs,
  workers: { youngestPodSeconds: pods, oldestPodSeconds: oldest },
});

describe('job.no_row', () => {
  it('is confirmed where every pod is younger than the deployment', () => expect(kindOf(cause, lost(600))).toBe('confirmed'));
  it('is likely where one of them is', () => expect(kindOf(cause, lost(600, 90_000))).toBe('likely'));

  it.each([
    ['nothing runs for long', {}],
    ['it has a row', lost(600, 600, { withoutRow: [] })],
    ['no pod was started since', lost(4_000)],
    ['it runs for 15 min', { ...lost(600), state: tells('Running', 900) }],
    ['it is done', { ...lost(600), state: tells('Succeeded', 3_000) }],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));

  it('is undecided where the service did not say', () => expect(kindOf(cause, { ...lost(600), state: null })).toBe('undecided'));
});
