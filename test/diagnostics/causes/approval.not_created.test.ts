import { describe, expect, it } from 'vitest';
import { approvalNotCreated as cause } from '../../../src/diagnostics/causes/approval.not_created.ts';
import { type Changes, kindOf, words } from '../support/job-facts.ts';

const lost = (requested: number | null, stored: number, more: Changes = {}): Changes => ({
  counted: { requested, stored, lost: requested === null ? null : Math.max(0, requested - stored) },
  ...more,
});
const absent = { tableState: 'absent', table: 'approval_requests' };
const complaint = { signatures: [{ signature: 'log.pg.schema', count: 4, pods: 2, lastAt: '2026-11-23T11:59:00Z' }] };

describe('approval.not_created', () => {
  it('is likely where approvals are counted and not stored', () => expect(kindOf(cause, lost(12, 1))).toBe('likely'));
  it('is confirmed where the variable keeps them from it', () =>
    expect(kindOf(cause, lost(12, 1, { workers: { approvalStore: 'false' } }))).toBe('confirmed'));
  it('is likely where there is no table, and pods complain', () =>
    expect(kindOf(cause, { approvals: absent, counted: null, logs: complaint })).toBe('likely'));

  it.each([
    ['as many are stored', lost(12, 12)],
    ['few are lost', lost(2, 0)],
    ['most are stored', lost(12, 8)],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));

  it('is undecided where nothing was counted', () => expect(kindOf(cause, lost(null, 0))).toBe('undecided'));
  it('names the variable', () => expect(words(cause, lost(12, 1))).toContain('DistributedSystems__UsePostgresApprovals'));
});
