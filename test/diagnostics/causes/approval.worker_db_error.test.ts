import { describe, expect, it } from 'vitest';
import { approvalWorkerDbError as cause } from '../../../src/diagnostics/causes/approval.worker_db_error.ts';
import { kindOf, offers, overdue, words } from '../support/job-facts.ts';

const fails = { ...overdue(), workers: { approvalFailures: 2, lastApprovalFailure: 'Failed: 23514' } };

describe('approval.worker_db_error', () => {
  it('is confirmed where the worker writes of its failure', () => expect(kindOf(cause, fails)).toBe('confirmed'));
  it.each([
    ['none is overdue', { workers: fails.workers }],
    ['it writes of none', overdue()],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));
  it('offers nothing, and shows what the database said', () => {
    expect(offers(cause, fails)).toEqual([]);
    expect(words(cause, fails)).toContain('23514');
  });
});
