import { describe, expect, it } from 'vitest';
import { pgApprovalsRecent } from '../../../src/diagnostics/checks/pg.approvals_recent.ts';
import { type Approval, recentApprovals } from '../../../src/diagnostics/evidence/approvals.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const row: Approval = {
  executionId: 'a',
  rowVersion: '7',
  status: 'Approved',
  environment: 'Production',
  what: 'billing 1.2',
  requestedAt: '2026-11-23T11:00:00.000Z',
  timeoutAt: '2026-11-24T11:00:00.000Z',
  overdueSeconds: -82_800,
  respondedSeconds: 600,
};
const table = (...rows: Approval[]) => given(recentApprovals, { state: 'read', table: 'public.approval_requests', data: rows });

describe('pg.approvals_recent', () => {
  it('shows the latest', () => expectNeverOkOverGaps(pgApprovalsRecent, table(row)));
  it('cannot say what an empty table means', () => expect(run(pgApprovalsRecent, table()).verdict).toBe('unknown'));
  it.each([
    ['locked', 'fail'],
    ['absent', 'warn'],
  ] as const)('over a table that is %s is %s', (state, verdict) =>
    expect(run(pgApprovalsRecent, given(recentApprovals, { state, table: 't' })).verdict).toBe(verdict),
  );
});
