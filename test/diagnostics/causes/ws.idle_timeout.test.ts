import { describe, expect, it } from 'vitest';
import { hubIdleTimeout as cause } from '../../../src/diagnostics/causes/ws.idle_timeout.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { hubFacts, refusedAt } from '../support/hub.ts';

const cut = { ws: { cutShort: true, ended: 80, commonFromSeconds: 5, commonToSeconds: 10, commonRatio: 0.95 } };
const dropped = { idle: { asked: true, dropped: true, heldSeconds: 60, wantedSeconds: 70, pings: 0 } };

describe('ws.idle_timeout', () => {
  it('is likely where connections end at the same age', () => {
    expect(concludeOver(cause, hubFacts(cut))).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(cause.advice?.(contextOver(hubFacts(cut))).join()).toContain('below 5 s.');
  });

  it("is confirmed where the bot's own was ended", () => {
    expect(concludeOver(cause, hubFacts(dropped))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(contextOver(hubFacts(dropped)))).toContain('60 s');
  });

  it.each([
    ['ruled-out', 'connections last', {}],
    ['ruled-out', 'clients do not even connect', { ...cut, connect: refusedAt(502) }],
    ['undecided', 'nobody could look', { ws: null }],
  ] as const)('is %s where %s', (kind, _, changes) => expect(concludeOver(cause, hubFacts(changes)).kind).toBe(kind));
});
