import { escapeLiteral } from 'pg';
import type { ServiceDatabase } from '../postgres/service-cluster.ts';
import { runStatements } from '../postgres/statements.ts';
import type { Draws } from '../random.ts';
import { type Catalog, readCatalog } from '../service/catalog.ts';
import { connectionString } from '../service/connection-string.ts';
import { openFrontDoor } from '../service/front-door.ts';
import { type PastPod, simulatePast } from '../service/history.ts';
import { type Address, type Load, startLoad } from '../service/load.ts';

import { KEY_PATH, MOUNT, type Vault } from '../vault/vault.ts';
import type { Cluster } from './cluster.ts';

/** One installation of hotswap-api: how big it is and how much it is used. */
export interface Installation {
  readonly namespace: string;
  readonly deployment: string;
  readonly replicas: number;
  readonly cpuRequestMillicores: number;
  readonly cpuLimitMillicores: number;
  readonly memoryMegabytes: { readonly request: number; readonly limit: number };
  readonly requestsPerSecond: number;
  readonly maxPoolSize: number;
  /** Where its signing key comes from. */
  readonly keyFrom: 'vault' | 'configuration';
}

export const production: Installation = {
  namespace: 'default',
  deployment: 'hotswap-api',
  replicas: 3,
  cpuRequestMillicores: 400,
  cpuLimitMillicores: 500,
  memoryMegabytes: { request: 256, limit: 512 },
  requestsPerSecond: 20,
  maxPoolSize: 8,
  keyFrom: 'vault',
};

export const staging: Installation = {
  ...production,
  namespace: 'staging',
  replicas: 2,
  requestsPerSecond: 2,
  maxPoolSize: 4,
  keyFrom: 'configuration',
};

/** What the host of hotswap's PostgreSQL is called in the cluster. */
export const DATABASE_HOST = 'postgres.hotswap.internal';
const COMMAND_TIMEOUT_SECONDS = 6;
const DAY_MS = 86_400_000;

/** The connection string of an installation. */
export function connectionOf(installation: Installation, database: ServiceDatabase): string {
  const pool = { host: DATABASE_HOST, maxPoolSize: installation.maxPoolSize, commandTimeoutSeconds: COMMAND_TIMEOUT_SECONDS };
  return connectionString(database.service, pool);
}

/** The environment of an installation's containers, credentials included, as its Deployment states it. */
export function containerEnvironment(
  installation: Installation,
  database: ServiceDatabase,
  nodeRegistryUrl: string,
  vault: Vault,
): Readonly<Record<string, string>> {
  return {
    ASPNETCORE_ENVIRONMENT: installation.namespace === 'default' ? 'Production' : 'Staging',
    ConnectionStrings__DefaultConnection: connectionOf(installation, database),
    NodeRegistry__BaseUrl: nodeRegistryUrl,
    ...(installation.keyFrom === 'vault' ? vaultEnvironment(vault) : {}),
  };
}

function vaultEnvironment({ addresses, applicationToken }: Vault): Readonly<Record<string, string>> {
  return { VAULT_ADDR: addresses[0] ?? '', VAULT_TOKEN: applicationToken, Vault__MountPoint: MOUNT, Vault__SecretPath: KEY_PATH };
}

/** A day of everyday use, in simulated time. */
export function pastOf(installation: Installation, now: number, random: Draws): Promise<readonly PastPod[]> {
  return simulatePast({
    pods: installation.replicas,
    shape: { cpuMillicores: installation.cpuLimitMillicores, profile: 'otel' },
    requestsPerSecond: installation.requestsPerSecond,
    from: now - DAY_MS,
    to: now,
    random,
  });
}

/** An installation in use: its public address and its traffic. */
export interface Service {
  readonly installation: Installation;
  readonly catalog: Catalog;
  readonly load: Load;
  readonly url: string;
  close(): void;
}

/** Opens the public address and lets people in. */
export async function openService(
  installation: Installation,
  database: ServiceDatabase,
  cluster: Pick<Cluster, 'addresses'>,
  pods: readonly string[],
  random: Draws,
): Promise<Service> {
  await shareJobs(database, pods);
  const addresses = (): readonly Address[] => cluster.addresses(installation.namespace, installation.deployment);
  const [catalog, door] = await Promise.all([readCatalog(database.owner), openFrontDoor(addresses)]);
  const load = startLoad({ random, catalog, requestsPerSecond: installation.requestsPerSecond, addresses });
  return {
    installation,
    catalog,
    load,
    url: door.url,
    close: () => {
      load.stop();
      door.close();
    },
  };
}

/** The jobs that run were claimed by the pods that are there. */
async function shareJobs(database: ServiceDatabase, pods: readonly string[]): Promise<void> {
  if (pods.length === 0) return;
  const names = `ARRAY[${pods.map((pod) => escapeLiteral(pod)).join(', ')}]`;
  await runStatements(database.owner, [
    `UPDATE deployment_jobs SET processing_instance = (${names})[1 + id % ${pods.length}] WHERE status = 'Running'`,
  ]);
}
