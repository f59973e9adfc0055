import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { inject } from 'vitest';

/** A new, empty database in the tests' PostgreSQL, or in the one of that URL; returns its URL (superuser). */
export async function createDatabase(server: string = inject('postgresUrl')): Promise<string> {
  const url = new URL(server);
  const name = `test_${randomUUID().replaceAll('-', '')}`;
  const client = new Client({ connectionString: url.href });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  url.pathname = `/${name}`;
  return url.href;
}

/** Rounds without a connection after which none can be on its way in any more: one that was let in before shows itself late. */
const QUIET_ROUNDS = 3;
const ROUND_MS = 50;

/** Ends every connection to a database and lets no new one in, as if its server were down. */
export async function takeDatabaseAway(databaseUrl: string): Promise<void> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(`ALTER DATABASE ${name} WITH ALLOW_CONNECTIONS false`);
  for (let quiet = 0; quiet < QUIET_ROUNDS; quiet += 1) {
    const { rowCount } = await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    if (rowCount !== 0) quiet = -1;
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
  }
  await client.end();
}

/** Lets connections in again. */
export async function giveDatabaseBack(databaseUrl: string): Promise<void> {
  const client = new Client({ connectionString: inject('postgresUrl') });
  await client.connect();
  await client.query(`ALTER DATABASE ${new URL(databaseUrl).pathname.slice(1)} WITH ALLOW_CONNECTIONS true`);
  await client.end();
}
