import { describe, expect, it } from 'vitest';
import { hubAuthorization as cause } from '../../../src/diagnostics/causes/ws.auth.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { hubFacts, refusedAt } from '../support/hub.ts';

const refused = { negotiate: { status: 401, understood: false } };

describe('ws.auth', () => {
  it('is likely where the hub refuses the bot, and confirmed where nobody else is connected', () => {
    expect(concludeOver(cause, hubFacts(refused))).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(concludeOver(cause, hubFacts({ ...refused, ws: { active: 0 } }))).toMatchObject({ certainty: 'confirmed' });
  });

  it('sees a refusal of the WebSocket itself', () =>
    expect(concludeOver(cause, hubFacts({ connect: refusedAt(403) })).kind).toBe('concluded'));

  it('speaks of the token where one was shown', () => {
    const said = (authorised: boolean) => cause.summary(contextOver(hubFacts({ negotiate: { status: 401, authorised } })));
    expect(said(true)).toContain('although the bot shows the token');
    expect(said(false)).toContain('without a token');
  });

  it.each([
    ['ruled-out', 'the hub lets the bot in', {}],
    ['ruled-out', 'there is no hub', { negotiate: { status: 404 } }],
    ['undecided', 'nobody could look', { connect: null }],
  ] as const)('is %s where %s', (kind, _, changes) => expect(concludeOver(cause, hubFacts(changes)).kind).toBe(kind));
});
