import { type Certificate, certificates, type TlsAnswer } from '../evidence/certificates.ts';
import { some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type TlsProblem = 'none' | 'plain-http' | 'dns' | 'no-answer' | 'expired' | 'not-yet-valid' | 'wrong-name' | 'untrusted' | 'ends-soon';

type TlsFacts = {
  addresses: {
    /** Who is reached there: service, hub, or both. */
    uses: string;
    host: string;
    problem: TlsProblem;
    /** One clause about it. */
    text: string;
    daysLeft: number | null;
  }[];
  warnDays: number;
};

/** Problems for which a client refuses to go on. */
const REFUSED: ReadonlySet<TlsProblem> = new Set(['dns', 'expired', 'not-yet-valid', 'wrong-name', 'untrusted']);
const DAY_MS = 86_400_000;
const HTTPS_PORT = 443;
const DNS_FAILURES: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA', 'EAI_NONAME']);

export const netTls = defineCheck({
  id: 'net.tls',
  title: 'Certificates',
  needs: { certificates },
  judge({ certificates: { data } }, { now, thresholds }): Judgement<TlsFacts> {
    const warnDays = thresholds.certificateWarnDays;
    const addresses = data.map(({ uses, tls }) => ({ uses: uses.join(' and '), ...judgeAddress(tls, now, warnDays) }));
    const facts = { addresses, warnDays };
    const told = (chosen: typeof addresses) => some(chosen.map(({ host, text }) => `${host}: ${text}`));
    const refused = addresses.filter(({ problem }) => REFUSED.has(problem));
    if (refused.length > 0) return { verdict: 'fail', summary: `Clients refuse the address: ${told(refused)}.`, facts };
    const silent = addresses.filter(({ problem }) => problem === 'no-answer');
    if (silent.length > 0) return { verdict: 'unknown', summary: `No certificate could be seen: ${told(silent)}.`, facts };
    const ending = addresses.filter(({ problem }) => problem === 'ends-soon');
    if (ending.length > 0) return { verdict: 'warn', summary: `A certificate ends soon: ${told(ending)}.`, facts };
    if (addresses.every(({ problem }) => problem === 'plain-http'))
      return { verdict: 'not-applicable', summary: 'The public address is plain http.', facts };
    return { verdict: 'ok', summary: `The certificates are good: ${told(addresses)}.`, facts };
  },
});

type Judged = Omit<TlsFacts['addresses'][number], 'uses'>;

function judgeAddress(tls: TlsAnswer | null, now: Date, warnDays: number): Judged {
  if (tls === null) return { host: 'http', problem: 'plain-http', text: 'it has no certificate', daysLeft: null };
  const { failure, certificate } = tls;
  const host = tls.port === HTTPS_PORT ? tls.host : `${tls.host}:${tls.port}`;
  if (certificate === null) {
    const problem = DNS_FAILURES.has(failure ?? '') ? 'dns' : 'no-answer';
    return { host, problem, text: problem === 'dns' ? `the name leads nowhere (${failure})` : `no answer (${failure})`, daysLeft: null };
  }
  const daysLeft = Math.floor((certificate.validTo.getTime() - now.getTime()) / DAY_MS);
  return { host, daysLeft, ...judgeCertificate(certificate, { host: tls.host, daysLeft, now, warnDays }) };
}

interface Circumstances {
  readonly host: string;
  readonly daysLeft: number;
  readonly now: Date;
  readonly warnDays: number;
}

function judgeCertificate(
  { validFrom, validTo, names, issuer, rejection, nameMatches }: Certificate,
  { host, daysLeft, now, warnDays }: Circumstances,
): { readonly problem: TlsProblem; readonly text: string } {
  const day = (date: Date) => date.toISOString().slice(0, 16).replace('T', ' ');
  if (validTo <= now) return { problem: 'expired', text: `the certificate ended on ${day(validTo)} UTC` };
  if (validFrom > now) return { problem: 'not-yet-valid', text: `the certificate begins on ${day(validFrom)} UTC` };
  if (!nameMatches) return { problem: 'wrong-name', text: `the certificate is for ${some(names) || 'no name'}, and not for ${host}` };
  if (rejection !== null) return { problem: 'untrusted', text: `the certificate of ${issuer} is not trusted (${rejection})` };
  const text = `good until ${day(validTo)} UTC`;
  return daysLeft < warnDays ? { problem: 'ends-soon', text: `${text}, fewer than ${warnDays} days` } : { problem: 'none', text };
}
