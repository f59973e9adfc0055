import { describe, expect, it } from 'vitest';
import { hubCors as cause } from '../../../src/diagnostics/causes/ws.cors.ts';
import { concludeOver, contextOver } from '../support/facts.ts';
import { hubFacts } from '../support/hub.ts';

const ORIGIN = 'https://console.example.com';
const allowing = (...values: (string | null)[]) => ({
  cors: { allowOrigin: null, configured: values.map((value, index) => ({ variable: `Cors__AllowedOrigins__${index}`, value })) },
});
const offers = (changes: Parameters<typeof hubFacts>[0]) => cause.remediations?.(contextOver(hubFacts(changes)));

describe('ws.cors', () => {
  it('is confirmed where the origin is not allowed', () =>
    expect(concludeOver(cause, hubFacts(allowing()))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }));

  it.each([
    ['the first variable where there is none', [], 'Cors__AllowedOrigins__0'],
    ['the next one where others are allowed', ['http://localhost:3000', null], 'Cors__AllowedOrigins__2'],
    ['the one that nearly holds it', ['http://localhost:3000', `${ORIGIN}/`], 'Cors__AllowedOrigins__1'],
    ['the one with another scheme', ['http://console.example.com'], 'Cors__AllowedOrigins__0'],
  ])('offers %s', (_, values, variable) =>
    expect(offers(allowing(...values))).toEqual([
      expect.objectContaining({ id: 'fix.k8s.set_env', params: { name: variable, value: ORIGIN } }),
    ]),
  );

  it('offers nothing where the Deployment was not seen, or only credentials are lacking', () => {
    expect(offers({ cors: { allowOrigin: null, configurationSeen: false } })).toEqual([]);
    expect(offers({ cors: { allowCredentials: false } })).toEqual([]);
  });

  it.each([
    ['concluded', 'credentials are not allowed', { cors: { allowCredentials: false } }],
    ['ruled-out', 'the origin is allowed', {}],
    ['ruled-out', 'no origin is configured', { cors: { origin: null } }],
    ['undecided', 'nobody could look', { cors: null }],
  ] as const)('is %s where %s', (kind, _, changes) => expect(concludeOver(cause, hubFacts(changes)).kind).toBe(kind));
});
