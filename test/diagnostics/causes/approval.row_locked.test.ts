import { describe, expect, it } from 'vitest';
import { approvalRowLocked as cause } from '../../../src/diagnostics/causes/approval.row_locked.ts';
import { kindOf, overdue, waitsFor, words } from '../support/job-facts.ts';

const waits = { ...overdue(), ...waitsFor('UPDATE "ApprovalRequests" SET "Status" = ?') };

describe('approval.row_locked', () => {
  it('is confirmed where the application waits for rows of the table', () => expect(kindOf(cause, waits)).toBe('confirmed'));
  it('is undecided where the table is locked: nobody can see what is overdue', () =>
    expect(kindOf(cause, overdue(7_200, { tableState: 'locked' }))).toBe('undecided'));
  it.each([
    ['none is overdue', waitsFor('UPDATE approval_requests')],
    ['nobody waits', overdue()],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));
  it('names who holds them', () => expect(words(cause, waits)).toContain('session 99'));
});
