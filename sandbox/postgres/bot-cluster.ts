import { Client, escapeLiteral } from 'pg';
import { type Cluster, startCluster } from './cluster.ts';
import { runStatements } from './statements.ts';

/** The bot's own PostgreSQL: its store and its queue. No incident touches it. */
export interface BotCluster {
  readonly cluster: Cluster;
  /** The URL of the bot's processes: they own nothing. */
  readonly url: string;
  /** The URL of the role that owns the tables, for migrations. */
  readonly ownerUrl: string;
}

const ROLE = 'hotswap_bot';
const OWNER = 'hotswap_bot_owner';

/** Starts the bot's cluster with an empty database `hotswap_bot` and the two roles of deploy/store-roles.sql. */
export async function startBotCluster(options: {
  directory: string;
  superuserPassword: string;
  password: string;
  settings?: Readonly<Record<string, string | number>>;
}): Promise<BotCluster> {
  const cluster = await startCluster({
    directory: options.directory,
    superuserPassword: options.superuserPassword,
    settings: { max_connections: 80, ...options.settings },
  });
  await prepare(cluster, options.password);
  return { cluster, url: cluster.url(ROLE, options.password, ROLE), ownerUrl: cluster.url(OWNER, options.password, ROLE) };
}

async function prepare(cluster: Cluster, password: string): Promise<void> {
  const client = new Client({ connectionString: cluster.superuserUrl() });
  await client.connect();
  const { rows } = await client.query<{ rolname: string }>('SELECT rolname FROM pg_roles WHERE rolname = ANY ($1)', [[ROLE, OWNER]]);
  await client.end();
  const secret = escapeLiteral(password);
  if (rows.length === 2)
    return runStatements(
      cluster.superuserUrl(),
      [ROLE, OWNER].map((role) => `ALTER ROLE ${role} PASSWORD ${secret}`),
    );
  if (rows.length === 1) throw new Error('this folder was kept by an older version of the sandbox: use another one');
  await runStatements(cluster.superuserUrl(), [
    `CREATE ROLE ${OWNER} LOGIN PASSWORD ${secret}`,
    `CREATE ROLE ${ROLE} LOGIN PASSWORD ${secret}`,
    `CREATE DATABASE ${ROLE}`,
    `GRANT CREATE ON DATABASE ${ROLE} TO ${ROLE}`,
  ]);
  const granted = `ALTER DEFAULT PRIVILEGES FOR ROLE ${OWNER} IN SCHEMA public GRANT`;
  await runStatements(cluster.superuserUrl(ROLE), [
    `GRANT USAGE, CREATE ON SCHEMA public TO ${OWNER}`,
    `GRANT USAGE ON SCHEMA public TO ${ROLE}`,
    `${granted} SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${ROLE}`,
    `${granted} USAGE ON SEQUENCES TO ${ROLE}`,
  ]);
}
