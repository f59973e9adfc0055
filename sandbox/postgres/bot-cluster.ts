import { Client, escapeLiteral } from 'pg';
import { type Cluster, startCluster } from './cluster.ts';
import { runStatements } from './statements.ts';

/** The bot's own PostgreSQL: its store and its queue. No incident touches it. */
export interface BotCluster {
  readonly cluster: Cluster;
  /** The bot's URL of its database. */
  readonly url: string;
}

const ROLE = 'hotswap_bot';

/** Starts the bot's cluster with an empty database `hotswap_bot` that the role `hotswap_bot` owns. */
export async function startBotCluster(options: { directory: string; superuserPassword: string; password: string }): Promise<BotCluster> {
  const cluster = await startCluster({
    directory: options.directory,
    superuserPassword: options.superuserPassword,
    settings: { max_connections: 80 },
  });
  await prepare(cluster, options.password);
  return { cluster, url: cluster.url(ROLE, options.password, ROLE) };
}

async function prepare(cluster: Cluster, password: string): Promise<void> {
  const client = new Client({ connectionString: cluster.superuserUrl() });
  await client.connect();
  const { rowCount } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [ROLE]);
  await client.end();
  const secret = escapeLiteral(password);
  const statements =
    rowCount === 0
      ? [`CREATE ROLE ${ROLE} LOGIN PASSWORD ${secret}`, `CREATE DATABASE ${ROLE} OWNER ${ROLE}`]
      : [`ALTER ROLE ${ROLE} PASSWORD ${secret}`];
  await runStatements(cluster.superuserUrl(), statements);
}
