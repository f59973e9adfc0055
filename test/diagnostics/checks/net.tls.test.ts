import { describe, expect, it } from 'vitest';
import type { Certificate, TlsAnswer } from '../../../src/clients/tls-read.ts';
import { netTls as check } from '../../../src/diagnostics/checks/net.tls.ts';
import { certificates } from '../../../src/diagnostics/evidence/certificates.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const DAY = 86_400;
const showing = (changes: Partial<Certificate> = {}): TlsAnswer => ({
  host: 'api.example.com',
  port: 443,
  addresses: ['192.0.2.1'],
  failure: null,
  certificate: {
    validFrom: ago(30 * DAY),
    validTo: ago(-60 * DAY),
    names: ['api.example.com'],
    issuer: 'An Authority',
    rejection: null,
    nameMatches: true,
    ...changes,
  },
});
const silent = (failure: string): TlsAnswer => ({ ...showing(), failure, certificate: null });
const at = (tls: TlsAnswer | null) => given(certificates, [{ uses: ['service', 'hub'] as const, tls }]);

describe('net.tls', () => {
  it('is well where a certificate is good for long', () => expectNeverOkOverGaps(check, at(showing())));

  it.each([
    ['fail', 'expired', showing({ validTo: ago(DAY), rejection: 'CERT_HAS_EXPIRED' })],
    ['fail', 'not-yet-valid', showing({ validFrom: ago(-DAY), rejection: 'CERT_NOT_YET_VALID' })],
    ['fail', 'wrong-name', showing({ names: ['www.example.com'], nameMatches: false, rejection: 'ERR_TLS_CERT_ALTNAME_INVALID' })],
    ['fail', 'untrusted', showing({ rejection: 'SELF_SIGNED_CERT_IN_CHAIN' })],
    ['fail', 'dns', silent('ENOTFOUND')],
    ['unknown', 'no-answer', silent('ECONNREFUSED')],
    ['warn', 'ends-soon', showing({ validTo: ago(-5 * DAY) })],
    ['not-applicable', 'plain-http', null],
  ] as const)('is %s: %s', (verdict, problem, tls) => {
    const result = run(check, at(tls));
    expect(result.verdict).toBe(verdict);
    expect(result.facts).toMatchObject({ addresses: [{ uses: 'service and hub', problem }] });
  });

  it('names the address that is refused, beside one that is not', () => {
    const hub = { ...showing({ validTo: ago(DAY) }), host: 'realtime.example.com' };
    const both = given(certificates, [
      { uses: ['service'], tls: showing() },
      { uses: ['hub'], tls: hub },
    ]);
    expect(run(check, both).summary).toContain('realtime.example.com: the certificate ended on 2026-11-22 12:00 UTC');
  });
});
