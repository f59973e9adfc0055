/** Why a read came to nothing, in the words of the report. */
export type ReadFailure = 'forbidden' | 'not-found' | 'not-served' | 'timeout' | 'unreachable' | 'invalid-response' | 'not-configured';

/** What an error of PostgreSQL or of its driver says about the server. */
export type PostgresFault =
  | 'auth-failed'
  | 'no-password'
  | 'pg-hba'
  | 'no-database'
  | 'slots-exhausted'
  | 'role-limit'
  | 'database-limit'
  | 'not-accepting'
  | 'terminated'
  | 'statement-timeout'
  | 'lock-timeout'
  | 'privilege'
  | 'no-relation'
  | 'not-preloaded'
  | 'disk-full'
  | 'refused'
  | 'dns'
  | 'timeout'
  | 'tls'
  | 'not-postgres'
  | 'other';

/**
 * A read that could not be made, or whose answer could not be understood. The message is for people and holds no
 * credential. `code` is what the far side or the driver called it (SQLSTATE, HTTP status, errno).
 */
export class ReadError extends Error {
  readonly reason: ReadFailure;
  readonly code: string | undefined;
  /** What the failure says about a PostgreSQL server, where it is one of PostgreSQL's. */
  readonly fault: PostgresFault | undefined;
  /** What would let the bot look, where that is known better here than from the source's permission. */
  readonly mend: string | undefined;

  constructor(
    reason: ReadFailure,
    message: string,
    options: {
      readonly code?: string | undefined;
      readonly fault?: PostgresFault;
      readonly mend?: string | undefined;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ReadError';
    this.reason = reason;
    this.code = options.code;
    this.fault = options.fault;
    this.mend = options.mend;
  }
}

/** How a request failed that got no answer: errno or TLS code, or "timeout". */
export function failureOf(error: Error): string {
  const code = networkCode(error);
  return code === 'ECONNABORTED' || code === 'ETIMEDOUT' ? 'timeout' : (code ?? error.message);
}

/** The errno of a failed connection, wherever the client library hides it. */
export function networkCode(error: unknown): string | undefined {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    if (current instanceof AggregateError) return networkCode(current.errors[0]);
  }
  return undefined;
}
