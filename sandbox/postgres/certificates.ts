import { chown, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { generate } from 'selfsigned';

/** Which certificate a server shows: a good one, one that is past its time, or one of an authority that nobody knows. */
export type Certificate = 'valid' | 'expired' | 'of-another-authority';

/** Issues the certificates of a server. */
export interface Authority {
  /** The file that clients trust. */
  readonly file: string;
  /** Puts a certificate and its key into the folder of a server; it reads them when it starts and when it is told to reload. */
  install(dataFolder: string, certificate: Certificate): Promise<void>;
}

export const CERTIFICATE_FILE = 'server.crt';
export const KEY_FILE = 'server.key';
const DAY_MS = 86_400_000;

const OPTIONS = { keyType: 'ec', algorithm: 'sha256' } as const;
const NAMES = {
  name: 'subjectAltName',
  altNames: [
    { type: 2, value: 'localhost' },
    { type: 7, ip: '127.0.0.1' },
  ],
} as const;

/** An authority of its own; the file that clients trust goes into the folder. */
export async function createAuthority(folder: string): Promise<Authority> {
  const own = await newAuthority();
  const file = join(folder, 'ca.crt');
  await writeFile(file, own.cert);
  return {
    file,
    install: async (dataFolder, certificate) => {
      const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], {
        ...OPTIONS,
        ...validity(certificate),
        ca: certificate === 'of-another-authority' ? await newAuthority() : own,
        extensions: [{ ...NAMES, altNames: [...NAMES.altNames] }],
      });
      await writeOwned(dataFolder, CERTIFICATE_FILE, cert);
      await writeOwned(dataFolder, KEY_FILE, key);
    },
  };
}

async function newAuthority(): Promise<{ readonly cert: string; readonly key: string }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Hotswap internal CA' }], {
    ...OPTIONS,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return { cert, key };
}

function validity(certificate: Certificate): { readonly notBeforeDate?: Date; readonly notAfterDate?: Date } {
  if (certificate !== 'expired') return {};
  const now = Date.now();
  return { notBeforeDate: new Date(now - 365 * DAY_MS), notAfterDate: new Date(now - 3_600_000) };
}

/** PostgreSQL insists that its key belongs to it, and that nobody else can read it. */
async function writeOwned(folder: string, name: string, text: string): Promise<void> {
  const path = join(folder, name);
  const { uid, gid } = await stat(folder);
  await writeFile(path, text, { mode: 0o600 });
  await chown(path, uid, gid);
}
