import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import type { Draws } from '../random.ts';
import { type Authority, CERTIFICATE_FILE, createAuthority, KEY_FILE } from './certificates.ts';
import { type Cluster, startCluster } from './cluster.ts';
import { type Gate, openGate } from './gate.ts';
import { createRoles, grantStatements, REPORTS_ROLE, type RolePasswords, setPasswords } from './roles.ts';
import { schema, visibility } from './schema.ts';
import { type DatabaseSize, productionSize, seedStatements, stagingSize } from './seed.ts';
import { runStatements } from './statements.ts';

/** The URLs of one database of the service. */
export interface ServiceDatabase {
  readonly name: string;
  readonly superuser: string;
  /** The owner of the tables, on the server's own machine: whatever happens on the network, it gets in. */
  readonly owner: string;
  /** The same role, as hotswap-api and other clients reach the server: over the network, encrypted. */
  readonly service: string;
  readonly read: string;
  readonly fix: string;
  /** Another program, which reads this database for reports. */
  readonly reports: string;
}

export interface ServiceCluster {
  readonly cluster: Cluster;
  /** The server's address on the network. */
  readonly gate: Gate;
  readonly authority: Authority;
  readonly production: ServiceDatabase;
  readonly staging: ServiceDatabase;
}

export interface ServiceClusterOptions {
  readonly directory: string;
  readonly superuserPassword: string;
  readonly passwords: RolePasswords;
  readonly seed: number;
  readonly random: Draws;
}

/** In the configuration file, where an administrator can change it while the server runs. */
const ENCRYPTED = `\nssl = on\nssl_cert_file = '${CERTIFICATE_FILE}'\nssl_key_file = '${KEY_FILE}'\n`;

const SETTINGS = {
  max_connections: 100,
  reserved_connections: 2,
  max_prepared_transactions: 10,
  shared_preload_libraries: 'pg_stat_statements',
  'pg_stat_statements.track': 'top',
  track_io_timing: 'on',
};

/** Starts hotswap's own PostgreSQL with the databases of production and staging, filled where they are new. */
export async function startServiceCluster(options: ServiceClusterOptions): Promise<ServiceCluster> {
  const authority = await createAuthority(await folder(options.directory));
  const cluster = await startCluster({
    directory: options.directory,
    superuserPassword: options.superuserPassword,
    settings: SETTINGS,
    prepare: async (dataFolder, isNew) => {
      if (isNew) await appendFile(join(dataFolder, 'postgresql.conf'), ENCRYPTED);
      await authority.install(dataFolder, 'valid');
    },
  });
  const gate = await openGate(cluster.port);
  const databaseOf = (name: string): ServiceDatabase => describe(cluster, gate, authority, name, options.passwords);
  const [production, staging] = [databaseOf('hotswap'), databaseOf('hotswap_staging')];
  if (await isNew(cluster)) await fill(cluster, production, staging, options);
  else await refresh(cluster, production, staging, options.passwords);
  return { cluster, gate, authority, production, staging };
}

async function folder(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}

function describe(cluster: Cluster, gate: Gate, authority: Authority, name: string, passwords: RolePasswords): ServiceDatabase {
  const overNetwork = (role: keyof RolePasswords): string => {
    const url = new URL(cluster.url(role, passwords[role], name));
    url.port = String(gate.port);
    url.searchParams.set('sslmode', 'verify-full');
    url.searchParams.set('sslrootcert', authority.file);
    return url.href;
  };
  return {
    name,
    superuser: cluster.superuserUrl(name),
    owner: cluster.url('hotswap', passwords.hotswap, name),
    service: overNetwork('hotswap'),
    read: overNetwork('hotswap_bot_ro'),
    fix: overNetwork('hotswap_bot_fix'),
    reports: cluster.url(REPORTS_ROLE, passwords.hotswap, name),
  };
}

async function isNew(cluster: Cluster): Promise<boolean> {
  const client = new Client({ connectionString: cluster.superuserUrl() });
  await client.connect();
  const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = 'hotswap_staging'");
  await client.end();
  return rowCount === 0;
}

async function fill(
  cluster: Cluster,
  production: ServiceDatabase,
  staging: ServiceDatabase,
  options: ServiceClusterOptions,
): Promise<void> {
  await runStatements(cluster.superuserUrl(), [
    ...createRoles(options.passwords),
    `CREATE DATABASE ${production.name} OWNER hotswap STRATEGY file_copy`,
    `CREATE DATABASE ${staging.name} OWNER hotswap STRATEGY file_copy`,
  ]);
  await Promise.all([
    fillDatabase(production, productionSize(options.random), options.seed),
    fillDatabase(staging, stagingSize, options.seed),
  ]);
}

async function fillDatabase(database: ServiceDatabase, size: DatabaseSize, seed: number): Promise<void> {
  await runStatements(database.superuser, ['CREATE EXTENSION pg_stat_statements']);
  await runStatements(database.owner, [schema, visibility, ...seedStatements(size, seed)]);
  await runStatements(database.superuser, grantStatements(database.name));
  await forgetStatistics(database);
}

/** A kept cluster: new passwords, and jobs that run now instead of having run when the cluster was last up. */
async function refresh(cluster: Cluster, production: ServiceDatabase, staging: ServiceDatabase, passwords: RolePasswords): Promise<void> {
  await runStatements(cluster.superuserUrl(), setPasswords(passwords));
  for (const database of [production, staging]) {
    await runStatements(database.superuser, [
      "UPDATE deployment_jobs SET locked_until = now() + interval '10 minutes', started_at = now() - interval '3 minutes' WHERE status = 'Running'",
    ]);
    await forgetStatistics(database);
  }
}

/** Filling the tables is no work of the service: its scans and statements are taken out of the statistics. */
async function forgetStatistics(database: ServiceDatabase): Promise<void> {
  await runStatements(database.superuser, [
    'SELECT pg_stat_reset_single_table_counters(relid) FROM pg_stat_user_tables',
    'VACUUM ANALYZE',
    'SELECT pg_stat_statements_reset()',
  ]);
}
