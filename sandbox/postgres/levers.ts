import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, escapeLiteral } from 'pg';
import type { ClusterNames } from '../service/cluster-names.ts';
import type { Certificate } from './certificates.ts';
import type { GateState } from './gate.ts';
import type { ServiceCluster, ServiceDatabase } from './service-cluster.ts';
import { runStatements } from './statements.ts';

/** What administrators, networks and other programs do to hotswap's PostgreSQL. */
export interface DatabaseLevers {
  /** The service's own role and database. */
  readonly role: string;
  readonly database: string;
  /** The password that the service knows. */
  readonly password: string;
  /** The service's connection string with these keywords set, as somebody writes it into the Deployment. */
  connectionString(keywords: Readonly<Record<string, string | number>>): string;
  /** Runs statements as the superuser, outside of the service's database: it may be gone. */
  administer(...statements: readonly string[]): Promise<void>;
  /** Runs statements as the superuser in the service's database. */
  administerInside(...statements: readonly string[]): Promise<void>;
  /** Ends the sessions of a role, or all but the superuser's. */
  endSessions(role?: string): Promise<void>;
  /** A session of another program, which has a role of its own and reads reports. */
  otherProgram(name: string): Promise<Client>;
  /** What becomes of connections to the server's address. */
  setAddress(state: GateState): Promise<void>;
  /** Resets every connection to the server's address, as a network does that stumbles. */
  resetConnections(): void;
  /** What the DNS of the cluster says of the server's name. */
  setNameKnown(known: boolean): void;
  /** Shuts the server down, or starts it again. */
  shutDown(how: 'fast' | 'smart'): Promise<void>;
  startAgain(): Promise<void>;
  /** The lines of pg_hba.conf that are not comments, and what an administrator makes of them; they hold at once. */
  accessRules(): Promise<readonly string[]>;
  setAccessRules(lines: readonly string[]): Promise<void>;
  /** The certificate that the server shows from now on. */
  setCertificate(certificate: Certificate): Promise<void>;
}

export interface LeverOptions {
  readonly service: ServiceCluster;
  readonly database: ServiceDatabase;
  readonly names: ClusterNames;
  /** The server's name in the cluster. */
  readonly host: string;
  /** The connection string of the service. */
  readonly connection: string;
}

const ADDRESS = '127.0.0.1';
const RELOAD = 'SELECT pg_reload_conf()';

export function databaseLevers({ service, database, names, host, connection }: LeverOptions): DatabaseLevers {
  const { cluster, gate, authority } = service;
  const owner = new URL(database.owner);
  const administer = (...statements: readonly string[]): Promise<void> => runStatements(cluster.superuserUrl(), statements);
  const rulesFile = join(cluster.dataFolder, 'pg_hba.conf');
  return {
    role: owner.username,
    database: database.name,
    password: decodeURIComponent(owner.password),
    connectionString: (keywords) => withKeywords(connection, keywords),
    administer,
    administerInside: (...statements) => runStatements(database.superuser, statements),
    endSessions: (role) =>
      administer(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
          WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND ${role === undefined ? "usename <> 'postgres'" : `usename = ${escapeLiteral(role)}`}`,
      ),
    otherProgram: (name) => connectAs(database.reports, name),
    setAddress: (state) => gate.set(state),
    resetConnections: () => gate.reset(),
    setNameKnown: (known) => names.set(host, known ? ADDRESS : undefined),
    shutDown: (how) => cluster.shutDown(how),
    startAgain: () => cluster.startAgain(),
    accessRules: async () => (await readFile(rulesFile, 'utf8')).split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#')),
    setAccessRules: async (lines) => {
      await writeFile(rulesFile, `${lines.join('\n')}\n`); // the file keeps its owner
      await administer(RELOAD);
    },
    setCertificate: async (certificate) => {
      await authority.install(cluster.dataFolder, certificate);
      await administer(RELOAD);
    },
  };
}

async function connectAs(url: string, applicationName: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: applicationName });
  client.on('error', () => {}); // whoever ends the session from outside ends what it did
  await client.connect();
  return client;
}

function withKeywords(connection: string, keywords: Readonly<Record<string, string | number>>): string {
  const kept = connection.split(';').filter((part) => !Object.hasOwn(keywords, part.split('=')[0] ?? ''));
  return [...kept, ...Object.entries(keywords).map(([name, value]) => `${name}=${value}`)].join(';');
}
