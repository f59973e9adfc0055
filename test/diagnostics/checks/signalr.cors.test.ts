import { describe, expect, it } from 'vitest';
import type { Preflight } from '../../../src/clients/signalr-read.ts';
import { signalrCors as check } from '../../../src/diagnostics/checks/signalr.cors.ts';
import { hubPreflight } from '../../../src/diagnostics/evidence/hub-preflight.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const ORIGIN = 'https://console.example.com';
const preflight = (changes: Partial<Preflight> = {}) =>
  given(hubPreflight, {
    origin: ORIGIN,
    answer: { status: 204, failure: null, retryAfter: null, allowOrigin: ORIGIN, allowCredentials: true, ...changes },
    configured: [{ variable: 'Cors__AllowedOrigins__0', value: 'http://localhost:3000' }],
  });

describe('signalr.cors', () => {
  it('is well where the origin is allowed, with credentials', () => expectNeverOkOverGaps(check, preflight()));

  it.each([
    ['fail', 'no origin is allowed', { allowOrigin: null }],
    ['fail', 'another one is', { allowOrigin: 'https://console.example.com/' }],
    ['fail', 'any is, which browsers refuse with credentials', { allowOrigin: '*' }],
    ['fail', 'credentials are not', { allowCredentials: false }],
    ['unknown', 'nobody answers', { status: null, failure: 'ECONNREFUSED', allowOrigin: null }],
    ['unknown', 'the service is sick', { status: 503, allowOrigin: null }],
    ['unknown', 'the bot asks too often', { status: 429, allowOrigin: null }],
  ] as const)('is %s where %s', (verdict, _, changes) => expect(run(check, preflight(changes)).verdict).toBe(verdict));

  it('shows what the Deployment allows instead', () =>
    expect(run(check, preflight({ allowOrigin: null })).summary).toContain('http://localhost:3000'));

  it('says nothing where no origin is configured', () => expect(run(check, given(hubPreflight, null)).verdict).toBe('not-applicable'));
});
