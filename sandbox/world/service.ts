import { escapeLiteral } from 'pg';
import type { Site } from '../ingress/site.ts';
import type { ServiceDatabase } from '../postgres/service-cluster.ts';
import { runStatements } from '../postgres/statements.ts';
import type { Draws } from '../random.ts';
import { type Catalog, readCatalog } from '../service/catalog.ts';
import { connectionString } from '../service/connection-string.ts';
import { type Past, simulatePast } from '../service/history.ts';
import { type HubClients, openHubClients } from '../service/hub/clients.ts';
import { type Address, type Load, startLoad } from '../service/load.ts';

import { KEY_PATH, MOUNT, type Vault } from '../vault/vault.ts';
import type { Cluster } from './cluster.ts';
import { type Certificates, CONSOLE_ORIGIN, openSites, type PublicName } from './public-addresses.ts';

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
  /** Pages that people have open all day, and WebSockets that one pod takes. */
  readonly hub: { readonly pages: number; readonly mostSockets: number };
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
  hub: { pages: 18, mostSockets: 40 },
  keyFrom: 'vault',
};

export const staging: Installation = {
  ...production,
  namespace: 'staging',
  replicas: 2,
  requestsPerSecond: 2,
  maxPoolSize: 4,
  hub: { pages: 4, mostSockets: 40 },
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
    Cors__AllowedOrigins__0: CONSOLE_ORIGIN,
    Kestrel__Limits__MaxConcurrentUpgradedConnections: String(installation.hub.mostSockets),
    ...(installation.keyFrom === 'vault' ? vaultEnvironment(vault) : {}),
  };
}

function vaultEnvironment({ addresses, applicationToken }: Vault): Readonly<Record<string, string>> {
  return { VAULT_ADDR: addresses[0] ?? '', VAULT_TOKEN: applicationToken, Vault__MountPoint: MOUNT, Vault__SecretPath: KEY_PATH };
}

/** A day of everyday use, in simulated time. */
export function pastOf(installation: Installation, now: number, random: Draws): Promise<Past> {
  return simulatePast({
    pods: installation.replicas,
    shape: { cpuMillicores: installation.cpuLimitMillicores, profile: 'otel' },
    requestsPerSecond: installation.requestsPerSecond,
    hubPages: installation.hub.pages,
    from: now - DAY_MS,
    to: now,
    random,
  });
}

/** An installation in use: its public addresses, its traffic, and the pages that people have open. */
export interface Service {
  readonly installation: Installation;
  readonly catalog: Catalog;
  readonly load: Load;
  readonly hubClients: HubClients;
  /** Address of the service, and of its hub. */
  readonly url: string;
  readonly hubUrl: string;
  readonly sites: Readonly<Record<PublicName, Site>>;
  close(): void;
}

interface Opening {
  readonly installation: Installation;
  readonly database: ServiceDatabase;
  readonly cluster: Cluster;
  readonly certificates: Certificates;
  /** The authority that people trust, PEM. */
  readonly trusted: string;
  /** Names of its pods. */
  readonly pods: readonly string[];
  readonly random: Draws;
}

/** Opens the public addresses and lets people in. */
export async function openService({ installation, database, cluster, certificates, trusted, pods, random }: Opening): Promise<Service> {
  await shareJobs(database, pods);
  const [catalog, sites] = await Promise.all([readCatalog(database.owner), openSites(installation, cluster, certificates)]);
  const addresses = (): readonly Address[] => sites.api.reachable();
  const load = startLoad({ random, catalog, requestsPerSecond: installation.requestsPerSecond, addresses });
  const { url: hubUrl } = sites.realtime;
  const hubClients = openHubClients({ random: random.branch('pages'), url: () => hubUrl, trusted, origin: CONSOLE_ORIGIN });
  hubClients.add(installation.hub.pages);
  return {
    installation,
    catalog,
    load,
    hubClients,
    url: sites.api.url,
    hubUrl,
    sites,
    close: () => {
      load.stop();
      hubClients.stop();
      for (const site of Object.values(sites)) site.close();
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
