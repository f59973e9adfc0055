import { DatabaseError, Pool, type PoolClient, type QueryResultRow } from 'pg';
import type { ConnectionSettings } from './connection-string.ts';
import { ServiceError, transient } from './service-error.ts';

/** Runs statements, all on one connection. */
export type Run = <Row extends QueryResultRow>(sql: string, values: readonly unknown[]) => Promise<readonly Row[]>;

/** A pod's connection pool: a real pool and real sessions, whose failures look as Npgsql words them. */
export interface ServiceDatabase {
  query: Run;
  transaction<Result>(work: (run: Run) => Promise<Result>): Promise<Result>;
  connections(): { readonly open: number; readonly idle: number; readonly waiting: number };
  close(): Promise<void>;
}

/** The pool closes connections that were idle this long (Npgsql's Connection Idle Lifetime). */
const IDLE_LIFETIME_MS = 300_000;

export function openDatabase(settings: ConnectionSettings, onLost: (error: Error) => void): ServiceDatabase {
  const pool = new Pool({
    host: settings.host,
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
  });
  pool.on('error', onLost);
  const withClient = async <Result>(work: (client: PoolClient) => Promise<Result>): Promise<Result> => {
    const client = await pool.connect().catch((error: unknown) => Promise.reject(connectFailure(error, settings, pool)));
    client.on('error', onLost);
    let broken = false;
    try {
      return await work(client);
    } catch (error) {
      broken = !(error instanceof DatabaseError) || error.code === '57P01';
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
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  }
}

const CONNECTOR = [
  'Npgsql.PoolingDataSource.<Get>g__RentAsync|33_0(NpgsqlConnection conn, NpgsqlTimeout timeout)',
  'Npgsql.NpgsqlConnection.Open(Boolean async)',
];
const COMMAND = [
  'Npgsql.Internal.NpgsqlConnector.ReadMessageLong(Boolean async)',
  'Npgsql.NpgsqlCommand.ExecuteReader(CommandBehavior behavior)',
];

function connectFailure(error: unknown, settings: ConnectionSettings, pool: Pool): ServiceError {
  if (error instanceof DatabaseError) return statementFailure(error);
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('timeout exceeded') && pool.totalCount >= settings.maxPoolSize) {
    const text = `The connection pool has been exhausted, either raise 'Max Pool Size' (currently ${settings.maxPoolSize}) or 'Timeout' (currently ${settings.timeoutSeconds} seconds) in your connection string.`;
    return transient([`Npgsql.NpgsqlException (0x80004005): ${text}`, 'System.TimeoutException: The operation has timed out.'], CONNECTOR);
  }
  const inner = message.includes('ECONNREFUSED')
    ? 'System.Net.Sockets.SocketException (111): Connection refused'
    : 'System.TimeoutException: Timeout during connection attempt';
  return transient([`Npgsql.NpgsqlException (0x80004005): Failed to connect to ${settings.host}:${settings.port}`, inner], CONNECTOR);
}

/** SQLSTATEs that Npgsql calls transient: connection and resource trouble, shutdowns, deadlocks. */
const TRANSIENT_STATES = /^(08|53|57P0|40P01|55P03|40001)/;

function statementFailure(error: unknown): ServiceError {
  if (error instanceof ServiceError) return error;
  if (!(error instanceof DatabaseError)) {
    return transient(
      [
        'Npgsql.NpgsqlException (0x80004005): Exception while reading from stream',
        'System.IO.EndOfStreamException: Attempted to read past the end of the stream.',
      ],
      COMMAND,
    );
  }
  if (error.code === '57014') {
    return transient(
      [
        'Npgsql.NpgsqlException (0x80004005): Exception while reading from stream',
        'System.TimeoutException: Timeout during reading attempt',
      ],
      COMMAND,
    );
  }
  const text = `Npgsql.PostgresException (0x80004005): ${error.code ?? 'XX000'}: ${error.message}`;
  return TRANSIENT_STATES.test(error.code ?? '') ? transient([text], COMMAND) : new ServiceError(500, [text], COMMAND);
}
