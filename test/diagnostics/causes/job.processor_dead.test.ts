import { describe, expect, it } from 'vitest';
import { jobProcessorDead as cause } from '../../../src/diagnostics/causes/job.processor_dead.ts';
import { type Changes, kindOf, offers, words } from '../support/job-facts.ts';

const stands = (more: Changes['queue'] = {}): Changes => ({
  queue: { pending: 4, overdue: 4, oldestOverdueSeconds: 720, lastClaimedSeconds: 900, live: 0, ...more },
});

describe('job.processor_dead', () => {
  it('is likely where jobs wait and nobody claims them', () => expect(kindOf(cause, stands())).toBe('likely'));

  it.each([
    ['none is overdue', {}],
    ['jobs are still claimed', stands({ lastClaimedSeconds: 120 })],
    ['no pod is ready', { ...stands(), pods: { ready: 0 } }],
    ['the pods have just started', { ...stands(), workers: { oldestPodSeconds: 100 } }],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));

  it('offers a restart only where no job would be orphaned by it', () => {
    expect(offers(cause, stands())).toMatchObject([{ id: 'fix.k8s.restart' }]);
    expect(offers(cause, stands({ live: 2 }))).toEqual([]);
    expect(words(cause, stands({ live: 2 }))).toContain('2 jobs still run under a live lock');
  });
});
