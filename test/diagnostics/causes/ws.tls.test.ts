import { describe, expect, it } from 'vitest';
import { hubTls as cause } from '../../../src/diagnostics/causes/ws.tls.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { addressOf, hubFacts, tlsOf } from '../support/hub.ts';

describe('ws.tls', () => {
  it.each(['expired', 'not-yet-valid', 'wrong-name', 'untrusted'] as const)('is confirmed where the certificate is %s', (problem) => {
    const facts = hubFacts({ tls: tlsOf(addressOf('service', 'none'), addressOf('hub', problem)) });
    expect(concludeOver(cause, facts)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(contextOver(facts))).toContain('hub.example.com');
  });

  it.each([
    ['ruled-out', 'it is good', {}],
    ['ruled-out', 'only that of the service is refused', { tls: tlsOf(addressOf('service', 'expired'), addressOf('hub', 'none')) }],
    ['ruled-out', 'the name leads nowhere', { tls: tlsOf(addressOf('hub', 'dns')) }],
    ['ruled-out', 'no address of it is known', { tls: tlsOf() }],
    ['undecided', 'nobody could look', { tls: null }],
  ] as const)('is %s where %s', (kind, _, changes) => expect(concludeOver(cause, hubFacts(changes)).kind).toBe(kind));
});
