import { describe, expect, it } from 'vitest';
import { promApprovals } from '../../../src/diagnostics/checks/prom.approvals.ts';
import { approvalMetrics } from '../../../src/diagnostics/evidence/approval-metrics.ts';
import { approvals } from '../../../src/diagnostics/evidence/approvals.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { approvalsOf } from '../support/samples-jobs.ts';

const counted = (requested: number | null) => given(approvalMetrics, { windowSeconds: 300, requested, granted: 1, rejected: 0 });
const stored = (requestedInWindow: number) => given(approvals, { state: 'read', table: 't', data: approvalsOf({ requestedInWindow }) });

describe('prom.approvals', () => {
  it('is well where what was counted was stored', () => expectNeverOkOverGaps(promApprovals, counted(4), stored(4)));
  it.each([
    [12, 1, 'fail'],
    [12, 7, 'ok'],
    [2, 0, 'ok'],
    [0, 5, 'ok'],
  ])('over %d counted and %d stored is %s', (requested, rows, verdict) =>
    expect(run(promApprovals, counted(requested), stored(rows)).verdict).toBe(verdict),
  );
  it('cannot say without a counter', () => expect(run(promApprovals, counted(null), stored(4)).verdict).toBe('unknown'));
  it('cannot say over a table that is locked', () =>
    expect(run(promApprovals, counted(9), given(approvals, { state: 'locked', table: 't' })).verdict).toBe('unknown'));
  it('takes a table that is not there for none stored', () =>
    expect(run(promApprovals, counted(9), given(approvals, { state: 'absent', table: 't' })).verdict).toBe('fail'));
});
