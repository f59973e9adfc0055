/** Why a read came to nothing, in the words of the report. */
export type ReadFailure = 'forbidden' | 'not-found' | 'not-served' | 'timeout' | 'unreachable' | 'invalid-response' | 'not-configured';

/**
 * A read that could not be made, or whose answer could not be understood. The message is for people and holds no
 * credential. `code` is what the far side or the driver called it (SQLSTATE, HTTP status, errno).
 */
export class ReadError extends Error {
  readonly reason: ReadFailure;
  readonly code: string | undefined;
  /** What would let the bot look, where that is known better here than from the source's permission. */
  readonly mend: string | undefined;

  constructor(
    reason: ReadFailure,
    message: string,
    options: { readonly code?: string | undefined; readonly mend?: string; readonly cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'ReadError';
    this.reason = reason;
    this.code = options.code;
    this.mend = options.mend;
  }
}

/** The errno of a failed connection, wherever the client library hides it. */
export function networkCode(error: unknown): string | undefined {
  for (let current: unknown = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'string') return current.code;
    if (current instanceof AggregateError) return networkCode(current.errors[0]);
  }
  return undefined;
}
