import { generate } from 'selfsigned';

/** A certificate and its key, PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateRequest {
  readonly names: readonly string[];
  readonly validFrom: Date;
  readonly validTo: Date;
}

/** The authority that everybody here trusts: browsers, and the bot by NODE_EXTRA_CA_CERTS. */
export interface Authority {
  /** PEM. */
  readonly cert: string;
  issue(request: CertificateRequest): Promise<KeyPair>;
}

const DAY_MS = 86_400_000;
const KEY = { keyType: 'ec', algorithm: 'sha256' } as const;

export async function createAuthority(): Promise<Authority> {
  const now = Date.now();
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Sandbox Authority' }], {
    ...KEY,
    notBeforeDate: new Date(now - 365 * DAY_MS),
    notAfterDate: new Date(now + 365 * DAY_MS),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true },
    ],
  });
  return {
    cert,
    issue: async ({ names, validFrom, validTo }) => {
      const issued = await generate([{ name: 'commonName', value: names[0] ?? '' }], {
        ...KEY,
        ca: { cert, key },
        notBeforeDate: validFrom,
        notAfterDate: validTo,
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'extKeyUsage', serverAuth: true },
          { name: 'subjectAltName', altNames: names.map((value) => ({ type: 2, value })) },
        ],
      });
      return { cert: issued.cert, key: issued.private };
    },
  };
}

/** A certificate as it should be: issued a while ago, good for a while, for the name by which this machine reaches the address. */
export function goodCertificate(host: string): CertificateRequest {
  return { names: [host, 'localhost'], validFrom: new Date(Date.now() - 30 * DAY_MS), validTo: new Date(Date.now() + 60 * DAY_MS) };
}
