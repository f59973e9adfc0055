import { describe, expect, it } from 'vitest';
import { approvalClock as cause } from '../../../src/diagnostics/causes/approval.clock.ts';
import { kindOf, words } from '../support/job-facts.ts';

describe('approval.clock', () => {
  it.each([
    ['approvals end before they begin', { endBeforeBegin: 2 }],
    ['approvals are asked for in the future', { inFuture: 1, furthestFutureSeconds: 32_400 }],
  ])('is confirmed where %s', (_, approvals) => expect(kindOf(cause, { approvals })).toBe('confirmed'));
  it('is ruled out where times are as they should be', () => expect(kindOf(cause)).toBe('ruled-out'));
  it('says how far', () =>
    expect(words(cause, { approvals: { inFuture: 1, furthestFutureSeconds: 32_400 } })).toContain('9 h in the future'));
});
