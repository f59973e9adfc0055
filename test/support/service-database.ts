import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterEach } from 'vitest';
import { createDatabase } from './database.ts';

/** A database of the service, with roles of its own: roles belong to the whole cluster. */
export interface ServiceDatabase {
  readonly appRole: string;
  readonly appUrl: string;
  readonly readUrl: string;
  readonly fixUrl: string;
  readonly ownerUrl: string;
  readonly adminUrl: string;
  /** A session of the application that the test controls; closed after the test. */
  session(url?: string): Promise<Session>;
  query<Row>(text: string, values?: unknown[]): Promise<Row[]>;
  /** Lets pg_stat_statements see what this database is asked from now on, in sessions that are opened later and in that of `query`. */
  trackStatements(): Promise<void>;
}

export interface Session {
  readonly client: Client;
  readonly pid: number;
  readonly backendStart: string;
}

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close().catch(() => {})));
});

const IDENTITY = `SELECT pid, to_char(backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS backend_start
  FROM pg_stat_activity WHERE pid = pg_backend_pid()`;

/** @param server the URL of another PostgreSQL than the one of all tests */
export async function createServiceDatabase(server?: string): Promise<ServiceDatabase> {
  const adminUrl = await createDatabase(server);
  const id = randomUUID().slice(0, 8);
  const role = (name: string) => `${name}_${id}`;
  const admin = await connect(adminUrl);
  await admin.query(`
    CREATE ROLE ${role('app')} LOGIN PASSWORD 'secret'; CREATE ROLE ${role('read')} LOGIN PASSWORD 'secret';
    CREATE ROLE ${role('fix')} LOGIN PASSWORD 'secret'; GRANT pg_read_all_stats TO ${role('read')};
    GRANT pg_read_all_stats, pg_signal_backend TO ${role('fix')};
    CREATE TABLE jobs (id int PRIMARY KEY, tenant text NOT NULL, state text NOT NULL);
    INSERT INTO jobs SELECT i, 't' || i % 97, 'open' FROM generate_series(1, 5000) i;
    ALTER TABLE jobs OWNER TO ${role('app')}; GRANT CREATE ON SCHEMA public TO ${role('app')};
    GRANT SELECT ON jobs TO ${role('read')}; ANALYZE jobs`);
  const url = (name: string) => {
    const result = new URL(adminUrl);
    result.username = role(name);
    result.password = 'secret';
    return result.href;
  };
  return {
    appRole: role('app'),
    appUrl: url('app'),
    readUrl: url('read'),
    fixUrl: url('fix'),
    ownerUrl: url('app'),
    adminUrl,
    async session(from = url('app')) {
      const client = await connect(from);
      const { rows } = await client.query<{ pid: number; backend_start: string }>(IDENTITY);
      const [row] = rows;
      if (row === undefined) throw new Error('a session does not see itself');
      return { client, pid: row.pid, backendStart: row.backend_start };
    },
    async query<Row>(text: string, values: unknown[] = []) {
      return (await admin.query(text, values)).rows as Row[];
    },
    async trackStatements() {
      const name = new URL(adminUrl).pathname.slice(1);
      await admin.query(`CREATE EXTENSION pg_stat_statements; SET pg_stat_statements.track = 'top';
        ALTER DATABASE ${name} SET pg_stat_statements.track = 'top'`);
    },
  };
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {}); // the test ends sessions on purpose
  await client.connect();
  closing.push(() => client.end());
  return client;
}

/** Waits until `look` is true. */
export async function until(look: () => Promise<boolean> | boolean, what: string, ms = 60_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`it did not happen in ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
