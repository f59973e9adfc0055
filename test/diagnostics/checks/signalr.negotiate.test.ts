import { describe, expect, it } from 'vitest';
import { signalrNegotiate as check } from '../../../src/diagnostics/checks/signalr.negotiate.ts';
import { hubAttempts } from '../../../src/diagnostics/evidence/hub-attempts.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { connectedAttempt, refusedNegotiation } from '../support/hub.ts';

const attempts = (...all: ReturnType<typeof connectedAttempt>[]) =>
  given(hubAttempts, { path: '/hubs/deployment', authorised: false, attempts: all });

describe('signalr.negotiate', () => {
  it('is well where the hub offers WebSockets', () => expectNeverOkOverGaps(check, attempts(connectedAttempt(), connectedAttempt())));

  it.each([
    ['fail', 'there is no hub', refusedNegotiation(404), '404'],
    ['fail', 'it refuses', refusedNegotiation(401), '401'],
    ['fail', 'it is sick', refusedNegotiation(503), '503'],
    ['fail', 'nobody answers', refusedNegotiation(0, { status: null, failure: 'ECONNREFUSED' }), 'ECONNREFUSED'],
    ['fail', 'it says why', refusedNegotiation(200, { error: 'no more connections' }), 'no more connections'],
    ['fail', 'something else answers', refusedNegotiation(200), 'no SignalR hub'],
    ['fail', 'it offers no WebSockets', connectedAttempt({ transports: ['LongPolling'] }), 'LongPolling'],
    ['unknown', 'the bot asks too often', refusedNegotiation(429, { retryAfter: '30' }), 'retry after 30 s'],
    ['unknown', 'nobody tried', undefined, 'Nobody tried'],
    ['ok', 'it sends its clients elsewhere', connectedAttempt({ transports: ['LongPolling'], redirectedTo: 'signalr.example.com' }), ''],
  ] as const)('is %s: %s', (verdict, _, attempt, said) => {
    const result = run(check, attempts(...(attempt === undefined ? [] : [attempt])));
    expect(result.verdict).toBe(verdict);
    expect(result.summary).toContain(said);
  });

  it('shows the try that failed', () =>
    expect(run(check, attempts(connectedAttempt(), refusedNegotiation(503))).facts).toMatchObject({ status: 503, understood: false }));
});
