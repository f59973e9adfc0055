import { Client } from 'pg';
import type { ExtraTraffic, Incident, IncidentWorld, Observations, RunningIncident } from '../incident.ts';
import type { Authority } from '../ingress/authority.ts';
import type { DatabaseLevers } from '../postgres/levers.ts';
import type { ServiceDatabase } from '../postgres/service-cluster.ts';
import { runStatements } from '../postgres/statements.ts';
import type { Draws } from '../random.ts';
import type { Builds } from '../service/builds.ts';
import { CPU_MS_PER_ROW, exportReport, promoteDeployment, readDeployment } from '../service/endpoints/deployments.ts';
import { endpoints, totalWeight } from '../service/endpoints/endpoints.ts';
import { listArtifacts, listAudit, pruneArtifacts } from '../service/endpoints/lookups.ts';
import { submitDeployment } from '../service/endpoints/submissions.ts';
import { streamTo } from '../service/load.ts';
import type { NodeRegistry } from '../service/node-registry.ts';
import type { ServiceRuntime } from '../service/runtime.ts';
import { dailyFactor } from '../service/traffic.ts';
import type { VaultLevers } from '../vault/vault.ts';
import type { Cluster } from './cluster.ts';
import { edgeLevers } from './edge-levers.ts';
import { kubernetesLevers } from './kubernetes-levers.ts';
import type { MemoryLevers } from './memory-levers.ts';
import type { MonitoringLevers } from './monitoring-levers.ts';
import type { Service } from './service.ts';
import { workflowLevers } from './workflow-levers.ts';

export interface RunnerOptions {
  readonly incidents: ReadonlyMap<string, Incident>;
  readonly service: Service;
  readonly database: ServiceDatabase;
  readonly databaseLevers: DatabaseLevers;
  readonly nodes: NodeRegistry;
  readonly vault: VaultLevers;
  readonly observe: Observations;
  readonly random: Draws;
  readonly cluster: Cluster;
  readonly authority: Authority;
  readonly builds: Builds;
  readonly runtime: ServiceRuntime;
  readonly monitoring: MonitoringLevers;
  readonly memory: MemoryLevers;
}

export interface IncidentStatus {
  readonly id: string;
  readonly title: string;
  /** What a person who guesses right would type. */
  readonly topic: string;
  /** `ready`: its symptoms can be seen. */
  readonly state: 'idle' | 'starting' | 'ready' | 'stopping';
  readonly detail: string;
  /** What a person would add to the command. */
  readonly question?: RunningIncident['question'];
}

/** Starts and stops incidents in production. Several may run at once. */
export interface IncidentRunner {
  status(): Promise<readonly IncidentStatus[]>;
  /** False: there is no such incident, or it runs already. */
  start(id: string): Promise<boolean>;
  stop(id: string): Promise<boolean>;
  stopAll(): Promise<void>;
}

interface Entry {
  readonly incident: Incident;
  state: 'idle' | 'starting' | 'running' | 'stopping';
  since: number | undefined;
  running: RunningIncident | undefined;
}

export function runIncidents(options: RunnerOptions): IncidentRunner {
  const world = incidentWorld(options);
  const entries = new Map<string, Entry>(
    [...options.incidents].map(([id, incident]) => [id, { incident, state: 'idle', since: undefined, running: undefined }]),
  );
  const stop = async (id: string): Promise<boolean> => {
    const entry = entries.get(id);
    if (entry?.state !== 'running') return false;
    entry.state = 'stopping';
    await entry.running?.stop().finally(() => Object.assign(entry, { state: 'idle', since: undefined, running: undefined }));
    return true;
  };
  return {
    status: () => Promise.all([...entries.values()].map(describe)),
    start: async (id) => {
      const entry = entries.get(id);
      if (entry?.state !== 'idle') return false;
      Object.assign(entry, { state: 'starting', since: Date.now() });
      try {
        entry.running = await entry.incident.start(world, options.random.branch(`incident ${id}`));
        entry.state = 'running';
      } catch (error) {
        Object.assign(entry, { state: 'idle', since: undefined });
        throw error;
      }
      return true;
    },
    stop,
    stopAll: async () => {
      await Promise.allSettled([...entries.keys()].map(stop));
    },
  };
}

async function describe({ incident, state, since, running }: Entry): Promise<IncidentStatus> {
  const seconds = since === undefined ? undefined : Math.round((Date.now() - since) / 1000);
  const detail = seconds === undefined ? '' : `for ${seconds} s`;
  const { id, title, topic } = incident;
  if (state !== 'running') return { id, title, topic, state, detail };
  const ready = (await running?.ready().catch(() => false)) ?? false;
  const question = running?.question;
  return {
    id,
    title,
    topic,
    state: ready ? 'ready' : 'starting',
    detail,
    ...(question === undefined ? {} : { question }),
  };
}

const ROUTES = {
  audit: listAudit,
  artifacts: listArtifacts,
  deployment: readDeployment,
  reports: exportReport,
  submissions: submitDeployment,
  promotions: promoteDeployment,
  prune: pruneArtifacts,
} as const;
const NO_QUERY = new URLSearchParams();
const everydayCpuMs = endpoints.reduce((sum, endpoint) => sum + endpoint.weight * endpoint.cpuMs(NO_QUERY), 0) / totalWeight;

function incidentWorld({
  service,
  database,
  databaseLevers: levers,
  nodes,
  vault,
  observe,
  random,
  cluster,
  authority,
  builds,
  runtime,
  monitoring,
  memory,
}: RunnerOptions): IncidentWorld {
  const { installation, catalog, load, hubClients } = service;
  return {
    session: (applicationName) => openSession(database.owner, applicationName),
    database: levers,
    runAsOwner: (sql) => runStatements(database.owner, [sql]),
    addTraffic: ({ route, path, ...traffic }: ExtraTraffic) => {
      const endpoint = ROUTES[route];
      const fixed = path === undefined ? endpoint : { ...endpoint, address: () => path };
      return load.add(streamTo(fixed, catalog, random.branch(`traffic ${route}`), traffic));
    },
    everydayMillicores: () => installation.requestsPerSecond * dailyFactor(Date.now()) * everydayCpuMs,
    reportCpuMsPerRow: CPU_MS_PER_ROW,
    delayNodeRegistry: (milliseconds) => nodes.setDelay(milliseconds),
    setNodeRegistryUp: (up) => nodes.setUp(up),
    deployment: {
      name: installation.deployment,
      namespace: installation.namespace,
      replicas: installation.replicas,
      cpuLimitMillicores: installation.cpuLimitMillicores,
      mostHubPages: installation.replicas * installation.hub.mostSockets,
    },
    kubernetes: kubernetesLevers(cluster, installation),
    monitoring,
    pauseTraffic: () => load.pause(),
    workflow: workflowLevers({ database: database.owner, url: service.url, runtime, installation, random }),
    edge: edgeLevers(cluster, service, authority),
    openHubPages: (count) => hubClients.add(count),
    leakMemory: (leak) => memory.leak(leak),
    vault,
    publish: (traits, registry) => builds.publish(traits, registry),
    setRegistryOutage: (problem) => builds.setOutage(problem),
    isolateMachine: (node, isolated) => runtime.setIsolated(node, isolated),
    catalog,
    observe,
  };
}

async function openSession(url: string, applicationName: string): Promise<Client> {
  const client = new Client({ connectionString: url, application_name: applicationName });
  // Whoever ends the session from outside ends the trouble; that is no failure of the sandbox.
  client.on('error', () => {});
  await client.connect();
  return client;
}
