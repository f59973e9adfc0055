import { readFileSync } from 'node:fs';
import { Pool, type PoolClient, type QueryResultRow } from 'pg';
import type { ClusterNames } from './cluster-names.ts';
import type { ConnectionSettings } from './connection-string.ts';
import { connectFailure, isServerAnswer, statementFailure, unknownHost } from './database-failures.ts';

/** Runs statements, all on one connection. */
export type Run = <Row extends QueryResultRow>(sql: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/** A pod's connection pool: a real pool and real sessions, whose failures look as Npgsql words them. */
export interface ServiceDatabase {
  query: Run;
  transaction<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
  /** Begins a transaction, runs a statement in it and never comes back to it: its connection is lost to the pool. */
  forget(sql: string): Promise<void>;
  connections(): { readonly open: number; readonly idle: number; readonly waiting: number };
  close(): Promise<void>;
}

/** The pool closes connections that were idle this long (Npgsql's Connection Idle Lifetime). */
const IDLE_LIFETIME_MS = 300_000;
/** A server that does not even say that it cancelled a command is given up this long after the command's time limit. */
const CANCELLATION_MS = 2_000;

/**
 * @param names what hosts are called where the pod runs
 * @param onLost told of connections that break
 */
export function openDatabase(settings: ConnectionSettings, names: ClusterNames, onLost: (error: Error) => void): ServiceDatabase {
  const address = names.resolve(settings.host) ?? settings.host;
  const pool = new Pool({
    host: address,
    ssl: encryption(settings),
    port: settings.port,
    database: settings.database,
    user: settings.username,
    password: settings.password,
    application_name: settings.applicationName,
    max: settings.maxPoolSize,
    connectionTimeoutMillis: settings.timeoutSeconds * 1000,
    idleTimeoutMillis: IDLE_LIFETIME_MS,
    // Npgsql cancels a command that takes too long; the server does it here, so that the session ends its work too.
    statement_timeout: settings.commandTimeoutSeconds * 1000,
    query_timeout: settings.commandTimeoutSeconds * 1000 + CANCELLATION_MS,
  });
  pool.on('error', onLost);
  const rent = async (): Promise<PoolClient> => {
    if (pool.idleCount === 0 && names.resolve(settings.host) === undefined) throw unknownHost();
    try {
      return await pool.connect();
    } catch (error) {
      throw connectFailure(error, settings, address);
    }
  };
  const withClient = async <Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> => {
    const client = await rent();
    client.on('error', onLost);
    let broken = false;
    try {
      return await work(client);
    } catch (error) {
      broken = !isServerAnswer(error) || error.code === '57P01';
      throw statementFailure(error);
    } finally {
      client.off('error', onLost);
      client.release(broken);
    }
  };
  const runOn =
    (client: PoolClient): Run =>
    async <Row extends QueryResultRow>(sql: string, values: readonly unknown[]) =>
      (await client.query<Row>(sql, [...values])).rows;
  return {
    query: (sql, values) => withClient((client) => runOn(client)(sql, values)),
    forget: async (sql) => {
      const client = await rent();
      client.on('error', onLost);
      await client.query('BEGIN');
      await client.query(sql);
    },
    transaction: (work) => withClient((client) => inTransaction(client, () => work(runOn(client)))),
    connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

async function inTransaction<Result>(client: PoolClient, work: () => Promise<Result>): Promise<Result> {
  await client.query('BEGIN');
  try {
    const result = await work();
    await client.query('COMMIT');
    return result;
  } catch (error) {
    if (isServerAnswer(error)) await client.query('ROLLBACK').catch(() => {}); // over a broken connection nothing can be taken back
    throw error;
  }
}

/** Npgsql's SSL Mode: from Require on it insists on TLS, and verifies from VerifyCA on. */
function encryption({
  sslMode,
  rootCertificate,
}: ConnectionSettings): false | { readonly rejectUnauthorized: boolean; readonly ca?: string } {
  if (sslMode === 'disable' || sslMode === 'allow' || sslMode === 'prefer') return false;
  const rejectUnauthorized = sslMode.startsWith('verify');
  return rootCertificate === undefined ? { rejectUnauthorized } : { rejectUnauthorized, ca: readFileSync(rootCertificate, 'utf8') };
}
