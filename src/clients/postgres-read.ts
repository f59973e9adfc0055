import pLimit from 'p-limit';
import pg from 'pg';
import { classifyPostgresError } from './postgres-errors.ts';
import { ReadError } from './read-errors.ts';

/** What may be asked of the service's database. */
export interface PostgresReader {
  /** Rows of one statement, raw: each source of evidence parses its own. Runs in a read-only transaction with short time limits. */
  query(sql: string, signal: AbortSignal): Promise<readonly unknown[]>;
  /** Several statements that should see the same moment, in one transaction. */
  queries(statements: readonly string[], signal: AbortSignal): Promise<readonly (readonly unknown[])[]>;
  /** One statement, and how long the server took for it: waiting for the bot's own connections is not counted. */
  measure(sql: string, signal: AbortSignal): Promise<{ readonly rows: readonly unknown[]; readonly milliseconds: number }>;
  /** Opens the connection that is kept, so that there is one when the server has no slot left. */
  open(): Promise<void>;
  close(): Promise<void>;
}

interface PostgresOptions {
  readonly url: string | undefined;
  /** The environment variable that holds the URL: what to set where there is none. */
  readonly variable: string;
  readonly timeoutMs: number;
}

/** The role's CONNECTION LIMIT is two for each worker, and two more. */
const POOL_SIZE = 2;
const STATEMENT_TIMEOUT_MS = 5_000;
const LOCK_TIMEOUT_MS = 1_000;
/** Once a connection has failed, questions that need a new one are answered with that failure for as long: each would wait for the same. */
const FAILURE_HOLDS_MS = 2_000;
const BEGIN = `BEGIN READ ONLY; SET LOCAL statement_timeout = ${STATEMENT_TIMEOUT_MS}; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}; SET LOCAL TIME ZONE 'UTC'`;

export function connectPostgresReader(options: PostgresOptions): PostgresReader {
  if (options.url === undefined) return notConfigured(options.variable);
  const pool = new pg.Pool({
    connectionString: options.url,
    max: POOL_SIZE,
    idleTimeoutMillis: 0, // one that is open still answers when new ones are refused
    connectionTimeoutMillis: Math.min(options.timeoutMs, STATEMENT_TIMEOUT_MS),
    application_name: 'hotswap-bot',
    keepAlive: true,
  });
  pool.on('error', () => {}); // an idle connection that breaks is replaced by the next query, which reports its own failure
  const slots = pLimit(POOL_SIZE); // waits here, so that a full pool of the bot is never taken for a full server
  const connect = connector(pool);
  const ask = (statements: readonly string[], signal: AbortSignal) =>
    slots(async () => {
      if (signal.aborted) throw new ReadError('timeout', 'Earlier questions to PostgreSQL took all the time.');
      const began = performance.now();
      try {
        const answers = await runReadOnly(connect, statements, signal);
        return { answers, milliseconds: performance.now() - began };
      } catch (error) {
        throw classifyPostgresError(error);
      }
    });
  const queries = async (statements: readonly string[], signal: AbortSignal) => (await ask(statements, signal)).answers;
  return {
    queries,
    query: async (sql, signal) => (await queries([sql], signal))[0] ?? [],
    measure: async (sql, signal) => {
      const { answers, milliseconds } = await ask([sql], signal);
      return { rows: answers[0] ?? [], milliseconds };
    },
    open: async () => {
      await queries(['SELECT 1'], AbortSignal.timeout(options.timeoutMs));
    },
    close: () => pool.end(),
  };
}

function connector(pool: pg.Pool): () => Promise<pg.PoolClient> {
  let failure: { readonly error: unknown; readonly until: number } | undefined;
  return async () => {
    if (pool.idleCount === 0 && failure !== undefined && performance.now() < failure.until) throw failure.error;
    try {
      return await pool.connect();
    } catch (error) {
      failure = { error, until: performance.now() + FAILURE_HOLDS_MS };
      throw error;
    }
  };
}

async function runReadOnly(
  connect: () => Promise<pg.PoolClient>,
  statements: readonly string[],
  signal: AbortSignal,
): Promise<unknown[][]> {
  const client = await connect();
  let broken = false;
  const onAbort = new Promise<never>((_, reject) => {
    const abort = () => {
      broken = true; // the answer may still come: the connection is of no more use
      reject(new ReadError('timeout', 'PostgreSQL did not answer in time.'));
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
  onAbort.catch(() => {});
  try {
    return await Promise.race([readAll(client, statements), onAbort]);
  } catch (error) {
    if (!broken) await client.query('ROLLBACK').catch(() => (broken = true));
    throw error;
  } finally {
    client.release(broken);
  }
}

async function readAll(client: pg.PoolClient, statements: readonly string[]): Promise<unknown[][]> {
  await client.query(BEGIN);
  const answers: unknown[][] = [];
  for (const statement of statements) answers.push((await client.query<Record<string, unknown>>(statement)).rows);
  await client.query('ROLLBACK');
  return answers;
}

function notConfigured(variable: string): PostgresReader {
  const refuse = () =>
    Promise.reject(
      new ReadError('not-configured', 'No database is configured for this target.', { mend: `Set the environment variable ${variable}.` }),
    );
  return { query: refuse, queries: refuse, measure: refuse, open: refuse, close: async () => {} };
}
