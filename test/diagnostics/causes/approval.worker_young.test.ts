import { describe, expect, it } from 'vitest';
import { approvalWorkerYoung as cause } from '../../../src/diagnostics/causes/approval.worker_young.ts';
import { type Changes, kindOf, overdue, words } from '../support/job-facts.ts';

const young = (oldestPodSeconds: number, more: Changes['workers'] = {}): Changes => ({
  ...overdue(),
  workers: { oldestPodSeconds, ...more },
});

describe('approval.worker_young', () => {
  it('is benign', () => expect(cause.benign).toBe(true));
  it('is confirmed where every pod is younger than 6 min', () => expect(kindOf(cause, young(359))).toBe('confirmed'));
  it.each([
    ['one is 6 min old', young(360)],
    ['none is overdue', { workers: { oldestPodSeconds: 60 } }],
    ['the interval is too long', young(60, { intervalSeconds: 86_400 })],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));
  it('says how long to wait', () => expect(words(cause, young(60))).toContain('Wait 5 min'));
});
