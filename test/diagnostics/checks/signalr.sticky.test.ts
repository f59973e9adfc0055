import { describe, expect, it } from 'vitest';
import { signalrSticky as check } from '../../../src/diagnostics/checks/signalr.sticky.ts';
import { type HubAffinity, hubAffinity } from '../../../src/diagnostics/evidence/hub-affinity.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const affinity = (changes: Partial<HubAffinity> = {}) =>
  given(hubAffinity, { readyPods: 3, tries: 6, connected: 6, strangers: 0, otherFailure: null, cookies: ['route'], ...changes });

describe('signalr.sticky', () => {
  it('is well where every try reaches the pod that negotiated', () => expectNeverOkOverGaps(check, affinity()));

  it.each([
    ['not-applicable', 'there is one pod', { readyPods: 1, tries: 0, connected: 0 }],
    ['fail', 'some reach another pod', { connected: 2, strangers: 4 }],
    ['fail', 'one reaches another pod, and then something else fails', { tries: 2, connected: 0, strangers: 1, otherFailure: '503' }],
    ['unknown', 'connecting fails anyway', { tries: 1, connected: 0, otherFailure: '426' }],
  ] as const)('is %s where %s', (verdict, _, changes) => expect(run(check, affinity(changes)).verdict).toBe(verdict));
});
