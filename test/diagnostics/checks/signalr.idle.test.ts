import { describe, expect, it } from 'vitest';
import { signalrIdle as check } from '../../../src/diagnostics/checks/signalr.idle.ts';
import { hubHold } from '../../../src/diagnostics/evidence/hub-hold.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { negotiationOf, refusedNegotiation } from '../support/hub.ts';

const held = (heldMs: number, pings: number, closeCode: number | null) =>
  given(hubHold, {
    wantedSeconds: 70,
    attempt: {
      negotiation: negotiationOf(),
      connection: {
        upgrade: { status: 101, failure: null, text: '' },
        handshake: { outcome: 'accepted', error: null },
        hold: { heldMs, pings, dropped: closeCode !== null, closeCode },
      },
    },
  });

describe('signalr.idle', () => {
  it('is well where the connection lasts', () => expectNeverOkOverGaps(check, held(70_000, 4, null)));

  it('fails where it is ended', () => {
    const result = run(check, held(60_010, 3, 1006));
    expect(result).toMatchObject({ verdict: 'fail', facts: { dropped: true, heldSeconds: 60.01 } });
    expect(result.summary).toContain('60 s');
  });

  it('knows nothing where there was no connection to hold', () =>
    expect(run(check, given(hubHold, { wantedSeconds: 70, attempt: refusedNegotiation(503) })).verdict).toBe('unknown'));

  it('is not asked for', () => expect(run(check, given(hubHold, null)).verdict).toBe('not-applicable'));
});
