import { describe, expect, it } from 'vitest';
import { approvalTimeoutWorkerDead as cause } from '../../../src/diagnostics/causes/approval.timeout_worker_dead.ts';
import { kindOf, offers, overdue, waitsFor } from '../support/job-facts.ts';

describe('approval.timeout_worker_dead', () => {
  it('is likely where approvals are overdue and pods have had two rounds', () => expect(kindOf(cause, overdue())).toBe('likely'));
  it('is confirmed where the worker said so', () =>
    expect(kindOf(cause, { ...overdue(), workers: { approvalFatal: true } })).toBe('confirmed'));

  it.each([
    ['none is overdue', {}],
    ['the pods have had two rounds exactly', { ...overdue(), workers: { oldestPodSeconds: 600 } }],
    ['the worker writes of failures', { ...overdue(), workers: { approvalFailures: 1 } }],
    ['its interval is longer than the delay', { ...overdue(), workers: { intervalSeconds: 8_000, oldestPodSeconds: 90_000 } }],
    ['it waits for rows', { ...overdue(), ...waitsFor('UPDATE approval_requests SET status = ?') }],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));

  it('offers the restart first, then to expire those rows in their versions', () => {
    expect(offers(cause, overdue())).toMatchObject([
      { id: 'fix.k8s.restart' },
      { id: 'fix.approval.expire', params: { executionIds: ['a', 'b'], rowVersions: ['v-a', 'v-b'] } },
    ]);
  });
});
