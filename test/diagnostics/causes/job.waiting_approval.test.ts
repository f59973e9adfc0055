import { describe, expect, it } from 'vitest';
import { jobWaitingApproval as cause } from '../../../src/diagnostics/causes/job.waiting_approval.ts';
import { type Changes, kindOf, tells, withJobs } from '../support/job-facts.ts';

const says = (status: string, row: string): Changes => ({
  state: tells(status),
  approvals: { asked: [{ executionId: 'x', status: row, waits: true, overdueSeconds: -60, respondedSeconds: null }] },
});

describe('job.waiting_approval', () => {
  it('is benign', () => expect(cause.benign).toBe(true));

  it.each([
    ['a job has a pending approval', withJobs({ class: 'waiting_approval' })],
    ['the service says so, and so does the row', says('PendingApproval', 'Pending')],
    ['a job has one, and the service was not to be asked', { ...withJobs({ class: 'waiting_approval' }), state: null }],
  ])('is confirmed where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('confirmed'));

  it.each([
    ['nothing waits', {}],
    ['the row is approved', says('PendingApproval', 'Approved')],
    ['the service says that it runs', says('Running', 'Pending')],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));
});
