import { describe, expect, it } from 'vitest';
import { approvalIntervalMisconfigured as cause } from '../../../src/diagnostics/causes/approval.interval_misconfigured.ts';
import { type Changes, kindOf, offers, overdue, words } from '../support/job-facts.ts';

const every = (intervalSeconds: number): Changes => ({ ...overdue(), workers: { intervalSeconds, intervalFrom: 'as the variable says' } });

describe('approval.interval_misconfigured', () => {
  it('is confirmed where the interval is longer than the delay', () => expect(kindOf(cause, every(86_400))).toBe('confirmed'));
  it.each([
    ['it is not', every(7_200)],
    ['it is what it should be', every(300)],
    ['none is overdue', { workers: { intervalSeconds: 86_400 } }],
  ])('is ruled out where %s', (_, changes) => expect(kindOf(cause, changes)).toBe('ruled-out'));
  it('offers to expire what is overdue, and names the variable', () => {
    expect(offers(cause, every(86_400))).toMatchObject([{ id: 'fix.approval.expire' }]);
    expect(words(cause, every(86_400))).toContain('Set ApprovalTimeout__CheckIntervalMinutes to 5');
  });
});
