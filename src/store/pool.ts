import { Pool, type PoolClient, type QueryResult, type QueryResultRow } from 'pg';

/** The pool, or the connection of one transaction. */
export interface Queryable {
  query<Row extends QueryResultRow>(text: string, values?: unknown[]): Promise<QueryResult<Row>>;
}

export type Store = Pool;

interface StoreOptions {
  readonly url: string;
  /** Shown in pg_stat_activity. */
  readonly application: string;
  readonly maxConnections?: number;
  /** How long work waits for a connection; left out: 1 s, which is all that an answer to a person allows. */
  readonly connectWithinMs?: number;
  /** Hears of connections that broke while idle; the pool replaces them. */
  onError(error: Error): void;
}

/** Opens the bot's own database. Every wait has a bound: 1 s to connect where nothing else is said, 5 s for a statement, 15 s for a transaction at rest. */
export function openStore({ url, application, maxConnections = 8, connectWithinMs = 1_000, onError }: StoreOptions): Store {
  const pool = new Pool({
    connectionString: url,
    application_name: application,
    max: maxConnections,
    connectionTimeoutMillis: connectWithinMs,
    statement_timeout: 5_000,
    query_timeout: 6_000,
    idle_in_transaction_session_timeout: 15_000,
    keepAlive: true,
  });
  pool.on('error', onError);
  pool.on('connect', (client) => client.on('error', onError)); // a connection may break while a transaction holds it
  return pool;
}

/** Runs `work` in one transaction: committed when it resolves, rolled back when it throws. */
export async function transaction<Result>(store: Store, work: (client: PoolClient) => Promise<Result>): Promise<Result> {
  const client = await store.connect();
  let broken: Error | undefined;
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch((failure: unknown) => {
      broken = failure instanceof Error ? failure : new Error(String(failure));
    });
    throw error;
  } finally {
    client.release(broken);
  }
}

/**
 * Runs `work` unless another process is doing the same work under this name; it then returns undefined.
 * The lock is a PostgreSQL advisory lock and ends with the connection, so a killed process leaves none behind.
 */
export async function exclusively<Result>(store: Store, name: string, work: () => Promise<Result>): Promise<Result | undefined> {
  const client = await store.connect();
  let broken: Error | undefined;
  try {
    const { rows } = await client.query<{ taken: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken', [name]);
    if (rows[0]?.taken !== true) return undefined;
    try {
      return await work();
    } finally {
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch((failure: unknown) => {
        broken = failure instanceof Error ? failure : new Error(String(failure));
      });
    }
  } finally {
    client.release(broken);
  }
}
