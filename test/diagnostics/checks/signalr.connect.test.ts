import { describe, expect, it } from 'vitest';
import type { HubAttempt } from '../../../src/clients/signalr-read.ts';
import { signalrConnect as check } from '../../../src/diagnostics/checks/signalr.connect.ts';
import { hubAttempts } from '../../../src/diagnostics/evidence/hub-attempts.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { connectedAttempt, negotiationOf, refusedNegotiation, refusedUpgrade } from '../support/hub.ts';

const attempts = (...all: HubAttempt[]) => given(hubAttempts, { path: '/hubs/deployment', authorised: false, attempts: all });
const handshake = (outcome: 'refused' | 'closed' | 'timeout', error: string | null = null): HubAttempt => ({
  negotiation: negotiationOf(),
  connection: { upgrade: { status: 101, failure: null, text: '' }, handshake: { outcome, error }, hold: null },
});

describe('signalr.connect', () => {
  it('is well where every try gets through', () => expectNeverOkOverGaps(check, attempts(connectedAttempt(), connectedAttempt())));

  it.each([
    ['fail', 'negotiate', refusedNegotiation(404), 'negotiation: 404'],
    ['fail', 'upgrade', refusedUpgrade(426), 'upgrade to a WebSocket: 426'],
    ['fail', 'handshake', handshake('refused', 'no such protocol'), 'handshake: no such protocol'],
    ['fail', 'handshake', handshake('timeout'), 'handshake: no answer'],
    ['fail', 'handshake', handshake('closed'), 'handshake: closed'],
    ['unknown', 'negotiate', refusedNegotiation(429), '429'],
  ] as const)('is %s at the stage %s', (verdict, stage, attempt, said) => {
    const result = run(check, attempts(attempt));
    expect(result).toMatchObject({ verdict, facts: { stage, connected: 0, strangers: 0 } });
    expect(result.summary).toContain(said);
  });

  it('counts the tries that reached a pod that knew nothing of them', () => {
    const result = run(check, attempts(connectedAttempt(), refusedUpgrade(404, 'No Connection with that ID'), refusedUpgrade(404)));
    expect(result).toMatchObject({ verdict: 'fail', facts: { attempts: 3, connected: 1, strangers: 2, stage: 'upgrade', status: 404 } });
    expect(result.summary).toContain('No Connection with that ID');
  });

  it('knows nothing where nobody tried', () => expect(run(check, attempts()).verdict).toBe('unknown'));
});
