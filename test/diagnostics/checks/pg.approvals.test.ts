import { describe, expect, it } from 'vitest';
import { pgApprovals } from '../../../src/diagnostics/checks/pg.approvals.ts';
import { approvals } from '../../../src/diagnostics/evidence/approvals.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { approvalsOf } from '../support/samples-jobs.ts';

const table = (changes = {}) => given(approvals, { state: 'read', table: 'public.approval_requests', data: approvalsOf(changes) });

describe('pg.approvals', () => {
  it('is well where none is overdue', () => expectNeverOkOverGaps(pgApprovals, table()));

  it.each([
    ['fail', { overdue: 2, pastGrace: 1, mostOverdueSeconds: 700 }],
    ['warn', { overdue: 1, pastGrace: 0, mostOverdueSeconds: 500 }],
    ['fail', { endBeforeBegin: 1 }],
    ['fail', { inFuture: 1 }],
  ])('is %s over %o', (verdict, changes) => expect(run(pgApprovals, table(changes)).verdict).toBe(verdict));

  it('warns of an approval that the service does not know of', () => {
    const row = { rowVersion: '7', environment: null, what: 'm', requestedAt: null, timeoutAt: null, overdueSeconds: -60 };
    const asked = (respondedSeconds: number, waits: boolean) => [{ ...row, executionId: 'a', status: 'Approved', respondedSeconds, waits }];
    expect(run(pgApprovals, table({ asked: asked(61, true) })).verdict).toBe('warn');
    expect(run(pgApprovals, table({ asked: asked(60, true) })).verdict).toBe('ok');
    expect(run(pgApprovals, table({ asked: asked(61, false) })).verdict).toBe('ok');
  });

  it('passes on ids with their row versions', () => {
    const late = {
      executionId: 'a',
      rowVersion: '7',
      status: 'Pending',
      environment: null,
      what: 'm',
      requestedAt: null,
      timeoutAt: null,
      overdueSeconds: 700,
      respondedSeconds: null,
    };
    expect(run(pgApprovals, table({ late: [late] })).facts).toMatchObject({ late: [{ executionId: 'a', rowVersion: '7' }] });
  });

  it.each([
    ['locked', 'fail'],
    ['absent', 'warn'],
  ] as const)('over a table that is %s is %s', (state, verdict) =>
    expect(run(pgApprovals, given(approvals, { state, table: 't' })).verdict).toBe(verdict),
  );
});
