import { networkCode, type PostgresFault, ReadError, type ReadFailure } from './read-errors.ts';

/** After measurements with node-postgres 8 against real servers. */
type Meaning = readonly [PostgresFault, ReadFailure];

const BY_CODE: Readonly<Record<string, Meaning>> = {
  '28P01': ['auth-failed', 'forbidden'],
  '28000': ['pg-hba', 'forbidden'],
  '3D000': ['no-database', 'not-found'],
  '57P03': ['not-accepting', 'unreachable'],
  '57P01': ['terminated', 'unreachable'],
  '57014': ['statement-timeout', 'timeout'],
  '55P03': ['lock-timeout', 'timeout'],
  '42501': ['privilege', 'forbidden'],
  '42P01': ['no-relation', 'not-found'],
  '42703': ['no-relation', 'not-found'],
  '55000': ['not-preloaded', 'not-served'],
  '53100': ['disk-full', 'unreachable'],
  ECONNREFUSED: ['refused', 'unreachable'],
  ENOENT: ['refused', 'unreachable'],
  ENOTFOUND: ['dns', 'unreachable'],
  EAI_AGAIN: ['dns', 'unreachable'],
  ETIMEDOUT: ['timeout', 'timeout'],
  EHOSTUNREACH: ['timeout', 'unreachable'],
  ENETUNREACH: ['timeout', 'unreachable'],
  ECONNRESET: ['not-postgres', 'unreachable'],
  CERT_HAS_EXPIRED: ['tls', 'unreachable'],
  DEPTH_ZERO_SELF_SIGNED_CERT: ['tls', 'unreachable'],
  SELF_SIGNED_CERT_IN_CHAIN: ['tls', 'unreachable'],
  CERT_NOT_YET_VALID: ['tls', 'unreachable'],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: ['tls', 'unreachable'],
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: ['tls', 'unreachable'],
  ERR_TLS_CERT_ALTNAME_INVALID: ['tls', 'unreachable'],
};

const BY_TEXT: readonly (readonly [RegExp, Meaning])[] = [
  [/does not support SSL/, ['tls', 'unreachable']],
  [/client password must be a string/, ['no-password', 'forbidden']],
  [/timeout expired|connection timeout|Query read timeout|timeout exceeded/, ['timeout', 'timeout']],
  [/Connection terminated/, ['terminated', 'unreachable']],
];

/** Where what mends the reason in general would lead astray: a right to read helps nobody who is not let in. */
const MENDS: Partial<Readonly<Record<PostgresFault, string>>> = {
  'auth-failed': "Check the role and the password in the bot's database URL.",
  'no-password': "Put the role's password into the bot's database URL.",
  'pg-hba': "Let the bot's role in: LOGIN for the role, and a line for it in pg_hba.conf.",
  'lock-timeout': 'Another session holds a lock that it needs: /hotswap diagnose latency says which.',
  'no-database': "See whether the bot's database URL names the right database, and whether that is still there.",
  'slots-exhausted':
    "Free connections of the server. GRANT pg_use_reserved_connections to the bot's role, with reserved_connections above 0 (PostgreSQL 16 and later), keeps some for it.",
  'role-limit': "Raise the CONNECTION LIMIT of the bot's role: two for each worker and target, and two more.",
  'database-limit': 'Free connections to the database, or raise its CONNECTION LIMIT.',
  'not-accepting': 'PostgreSQL is starting or stopping: wait for it, and see in its log what it is waiting for.',
  'disk-full': 'Make room on the disk of PostgreSQL.',
  dns: "Check the host in the bot's database URL, and the DNS.",
  tls: "Check the certificate of PostgreSQL, and what the bot's database URL says of TLS.",
};

/** An error of the driver as missing evidence; errors that are ours already, and bugs, come back as they are. */
export function classifyPostgresError(error: unknown): Error {
  if (error instanceof ReadError) return error;
  if (!(error instanceof Error)) return new Error('the PostgreSQL driver failed with something that is no error', { cause: error });
  const code = networkCode(error);
  const [fault, reason] = meaningOf(code, error.message);
  if (fault === 'other' && code === undefined) return error;
  return new ReadError(reason, describe(error.message, code), {
    code,
    fault,
    mend: MENDS[fault],
    cause: error,
  });
}

function describe(message: string, code: string | undefined): string {
  return `PostgreSQL: ${message}${code === undefined || message.includes(code) ? '' : ` (${code})`}`;
}

function meaningOf(code: string | undefined, message: string): Meaning {
  if (code === '53300') return [limitOf(message), 'unreachable'];
  const byCode = code === undefined ? undefined : BY_CODE[code];
  if (byCode !== undefined) return byCode;
  return BY_TEXT.find(([pattern]) => pattern.test(message))?.[1] ?? ['other', 'invalid-response'];
}

function limitOf(message: string): PostgresFault {
  if (/too many connections for role/.test(message)) return 'role-limit';
  return /too many connections for database/.test(message) ? 'database-limit' : 'slots-exhausted';
}
