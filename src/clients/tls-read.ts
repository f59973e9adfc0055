import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from 'node:tls';
import { networkCode, ReadError } from './read-errors.ts';

/** What a TLS server shows to somebody who would not trust it blindly, but looks at everything. */
export interface TlsAnswer {
  readonly host: string;
  readonly port: number;
  /** Addresses that the name leads to. */
  readonly addresses: readonly string[];
  /** Why there is no certificate: a code of DNS, the network or TLS, or "timeout". */
  readonly failure: string | null;
  readonly certificate: Certificate | null;
}

export interface Certificate {
  readonly validFrom: Date;
  readonly validTo: Date;
  /** Names that it is good for. */
  readonly names: readonly string[];
  readonly issuer: string;
  /** Why a client that checks it refuses it; null: it does not. */
  readonly rejection: string | null;
  /** Whether the host is among its names, whatever else is wrong with it. */
  readonly nameMatches: boolean;
}

export interface TlsReader {
  /** Shakes hands with the server of an https address. Rejects only where the signal is aborted. */
  inspect(url: string, options: { readonly timeoutMs: number; readonly signal: AbortSignal }): Promise<TlsAnswer>;
}

const HTTPS_PORT = 443;

export function createTlsReader(): TlsReader {
  return {
    async inspect(url, { timeoutMs, signal }) {
      const { hostname, port: given } = new URL(url);
      const host = hostname.replace(/^\[|\]$/g, '');
      const port = given === '' ? HTTPS_PORT : Number(given);
      const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
      let addresses: readonly string[] = [];
      try {
        addresses = (await untilAborted(lookup(host, { all: true }), limit)).map(({ address }) => address);
        return { host, port, addresses, failure: null, certificate: await shakeHands(host, port, limit) };
      } catch (error) {
        if (signal.aborted) throw new ReadError('timeout', 'The look at the certificate was cut off.', { cause: error });
        const failure = limit.aborted ? 'timeout' : (networkCode(error) ?? (error instanceof Error ? error.message : String(error)));
        return { host, port, addresses, failure, certificate: null };
      }
    },
  };
}

/** Lets any certificate pass, in order to say what is wrong with it. Nothing is sent over the connection. */
async function shakeHands(host: string, port: number, signal: AbortSignal): Promise<Certificate> {
  const socket = connect({ host, port, rejectUnauthorized: false, ...(isIP(host) === 0 ? { servername: host } : {}) });
  const { promise, resolve, reject } = Promise.withResolvers<Certificate>();
  const cutOff = () => socket.destroy(new Error('cut off'));
  signal.addEventListener('abort', cutOff, { once: true });
  socket.on('error', reject);
  socket.once('secureConnect', () => resolve(certificateOf(socket, host)));
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', cutOff);
    socket.destroy();
  }
}

function certificateOf(socket: TLSSocket, host: string): Certificate {
  const certificate = socket.getPeerCertificate();
  const rejection: unknown = socket.authorizationError; // a code, whatever the types say
  return {
    validFrom: new Date(certificate.valid_from),
    validTo: new Date(certificate.valid_to),
    names: namesOf(certificate),
    issuer: text(certificate.issuer.O) ?? text(certificate.issuer.CN) ?? 'unknown',
    rejection: rejection instanceof Error ? (networkCode(rejection) ?? rejection.message) : (text(rejection) ?? null),
    nameMatches: checkServerIdentity(host, certificate) === undefined,
  };
}

/** `DNS:api.example.com, IP Address:127.0.0.1` */
function namesOf({ subjectaltname }: PeerCertificate): string[] {
  return (subjectaltname ?? '').split(', ').flatMap((entry) => entry.split(':').slice(1).join(':') || []);
}

function text(value: unknown): string | undefined {
  if (Array.isArray(value)) return text(value[0]);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

async function untilAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const abort = () => reject(new Error('cut off'));
  signal.addEventListener('abort', abort, { once: true });
  return Promise.race([work, promise]).finally(() => signal.removeEventListener('abort', abort));
}
