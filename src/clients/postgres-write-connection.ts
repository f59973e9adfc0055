import pg from 'pg';
import { WriteRefusedError, WriteUncertainError } from './write-errors.ts';

export interface PostgresWriterOptions {
  readonly url: string;
  readonly timeoutMs: number;
}

/** Under this name the server shows the executor's sessions. */
const APPLICATION_NAME = 'hotswap-bot-executor';
const IDLE_TIMEOUT_MS = 10_000;

interface WritePool {
  readonly pool: pg.Pool;
  /** One statement. @throws WriteRefusedError for a definite no, WriteUncertainError where it may have happened. */
  ask(text: string, values: readonly unknown[]): Promise<unknown[]>;
}

/** One connection, opened when it is needed. `kept`: it stays open, because there may be no free slot when it is needed; else it is closed afterwards. */
export function openWritePool({ url, timeoutMs }: PostgresWriterOptions, { kept }: { readonly kept: boolean }): WritePool {
  const pool = new pg.Pool({
    connectionString: url,
    max: 1,
    idleTimeoutMillis: kept ? 0 : IDLE_TIMEOUT_MS,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    application_name: APPLICATION_NAME,
  });
  pool.on('error', () => {}); // an idle connection that breaks is replaced by the next query, which reports its own failure
  return {
    pool,
    async ask(text, values) {
      try {
        return (await pool.query(text, [...values])).rows;
      } catch (error) {
        throw classifyDatabaseError(error);
      }
    },
  };
}

/**
 * A connection of its own for one long statement, without a time limit for the answer. `begin` runs first, as its limits.
 * @throws WriteRefusedError where there is none: nothing was sent.
 */
export async function connectForOne<Begun>(
  { url, timeoutMs }: PostgresWriterOptions,
  begin: (client: pg.Client) => Promise<Begun>,
): Promise<{ readonly client: pg.Client; readonly begun: Begun }> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: timeoutMs,
    application_name: APPLICATION_NAME,
    keepAlive: true,
  });
  client.on('error', () => {}); // the statement under way rejects with the same error
  try {
    await client.connect();
    return { client, begun: await begin(client) };
  } catch (error) {
    await client.end().catch(() => {});
    throw new WriteRefusedError('unreachable', error instanceof Error ? error.message : 'no connection', { cause: error });
  }
}

const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'ENOENT', '28P01', '28000', '3D000', '53300', '57P03']);

/** Whether a statement certainly did not happen, or may have. */
export function classifyDatabaseError(error: unknown): Error {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const message = error instanceof Error ? error.message : 'unknown error';
  if (code === '42501') return new WriteRefusedError('forbidden', message, { cause: error });
  if (code !== undefined && NEVER_ARRIVED.has(code)) return new WriteRefusedError('unreachable', message, { cause: error });
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && code !== '57P01')
    return new WriteRefusedError('refused', `${message} (${code})`, { cause: error });
  return new WriteUncertainError(message, { cause: error });
}
