import { describe, expect, it } from 'vitest';
import { approvalCrossInstance as cause } from '../../../src/diagnostics/causes/approval.cross_instance.ts';
import { type Changes, kindOf, tells } from '../support/job-facts.ts';

const approved = (respondedSeconds: number, status = 'PendingApproval', row = 'Approved'): Changes => ({
  state: tells(status),
  approvals: { asked: [{ executionId: 'x', status: row, waits: true, overdueSeconds: -60, respondedSeconds }] },
});

describe('approval.cross_instance', () => {
  it('is confirmed where it still waits a minute after it was approved', () => expect(kindOf(cause, approved(61))).toBe('confirmed'));
  it.each([
    ['nothing waits', {}],
    ['it was approved just now', approved(60)],
    ['it goes on', approved(61, 'Running')],
    ['it is not approved', approved(61, 'PendingApproval', 'Pending')],
    ['there is one replica', { ...approved(61), deployment: { desired: 1 } }],
    ['it has no row', { state: tells('PendingApproval') }],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));
  it('is undecided where the service did not say', () => expect(kindOf(cause, { ...approved(61), state: null })).toBe('undecided'));
});
