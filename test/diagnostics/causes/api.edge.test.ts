import { describe, expect, it } from 'vitest';
import { edge as cause } from '../../../src/diagnostics/causes/api.edge.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { addressOf, FAILING_HEALTH, hubFacts, tlsOf } from '../support/hub.ts';

const down = { health: FAILING_HEALTH };
const expired = { tls: tlsOf(addressOf('service', 'expired')) };
const broken = { ingress: { broken: ['api sends api.example.com/ to port web of the Service hotswap-api, which has 80'] } };

describe('api.edge', () => {
  it.each([
    ['the certificate is refused', expired, 'service.example.com: it is expired'],
    ['the name leads nowhere', { tls: tlsOf(addressOf('service and hub', 'dns')) }, 'dns'],
    ['the Ingress leads nowhere', broken, 'port web'],
    ['the Ingress leads nowhere, and no certificate was seen', { ...broken, tls: null }, 'port web'],
  ] as const)('is confirmed where the public address fails and %s', (_, changes, said) => {
    const facts = hubFacts({ ...down, ...changes });
    expect(concludeOver(cause, facts)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(contextOver(facts))).toContain(said);
  });

  it('is likely where nothing tells why', () => {
    expect(concludeOver(cause, hubFacts(down))).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(cause.summary(contextOver(hubFacts(down)))).toContain('it answers 503');
  });

  it.each([
    ['ruled-out', 'the public address answers', expired],
    ['ruled-out', 'most pods are away', { ...down, endpoints: { readyEndpoints: 1, endpoints: 3 } }],
    [
      'concluded',
      'most pods are away, and the Ingress leads nowhere',
      { ...down, ...broken, endpoints: { readyEndpoints: 1, endpoints: 3 } },
    ],
    ['concluded', 'one pod of three is away', { ...down, endpoints: { readyEndpoints: 2, endpoints: 3 } }],
    ['ruled-out', 'no endpoint is ready', { ...down, ...expired, endpoints: { readyEndpoints: 0 } }],
    ['undecided', 'the endpoints were not seen', { ...down, ...expired, endpoints: null }],
  ] as const)('is %s where %s', (kind, _, changes) => expect(concludeOver(cause, hubFacts(changes)).kind).toBe(kind));

  it('explains what the hub shows then', () => expect(cause.explains).toEqual(expect.arrayContaining(['ws.tls', 'signalr.negotiate'])));
});
