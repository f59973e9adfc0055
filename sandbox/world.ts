import { writeFile } from 'node:fs/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { startGrafana } from './grafana/server.ts';
import type { Observations } from './incident.ts';
import { loadIncidents } from './incident-registry.ts';
import { createAuthority } from './ingress/authority.ts';
import { openReverseProxy } from './ingress/reverse-proxy.ts';
import type { Options } from './options.ts';
import { startBotCluster } from './postgres/bot-cluster.ts';
import { databaseLevers } from './postgres/levers.ts';
import { type ServiceCluster, startServiceCluster } from './postgres/service-cluster.ts';
import type { Progress } from './progress.ts';
import { type PrometheusStandIn, startPrometheus } from './prometheus/server.ts';
import { type Draws, draws } from './random.ts';
import { Builds } from './service/builds.ts';
import { serveCadvisor } from './service/cadvisor.ts';
import { type NodeRegistry, startNodeRegistry } from './service/node-registry.ts';
import { ServiceRuntime } from './service/runtime.ts';
import type { StateFolder } from './state-folder.ts';
import { Teardown } from './teardown.ts';
import { startVault, type Vault } from './vault/vault.ts';
import type { Cluster } from './world/cluster.ts';
import { type IncidentRunner, runIncidents } from './world/incident-runner.ts';
import { memoryLevers } from './world/memory-levers.ts';
import { monitoringLevers } from './world/monitoring-levers.ts';
import { type Mystery, openMystery } from './world/mystery.ts';
import { observe } from './world/observations.ts';
import { Pasts } from './world/pasts.ts';
import { type Certificates, certificatesFor } from './world/public-addresses.ts';
import { useRealCluster } from './world/real-cluster.ts';
import { connectionOf, containerEnvironment, DATABASE_HOST, openService, production, type Service, staging } from './world/service.ts';
import { startStandInCluster } from './world/stand-in-cluster.ts';
import { containerName, type Target, targetsOf } from './world/targets.ts';

/** Everything that stands outside the bot, except Slack. */
export interface World {
  readonly cluster: Cluster;
  /** The authority that issued the certificates of the public addresses, PEM: who is to reach them must trust it. */
  readonly authorityFile: string;
  readonly databases: ServiceCluster;
  /** The bot's store and queue. */
  readonly storeUrl: string | undefined;
  readonly prometheusUrl: string;
  /** Grafana, and a token of a viewer. */
  readonly grafana: { readonly url: string; readonly token: string };
  readonly vault: Vault;
  readonly production: Service;
  readonly staging: Service;
  readonly incidents: IncidentRunner;
  readonly mystery: Mystery;
  /** What Prometheus scrapes now. */
  targets(): readonly Target[];
  /** How production does, at a glance. */
  vitals(): Promise<Vitals>;
  close(): Promise<void>;
}

export interface Vitals {
  readonly pods: number;
  readonly p95Seconds: number | undefined;
  /** Of the pods' limits, 0 to 1. */
  readonly cpuShare: number;
  /** Connections that the service holds; undefined: its database does not answer. */
  readonly sessions: number | undefined;
}

const SCRAPE_INTERVAL_MS = 2_500;

/** Prometheus, as the world reaches it. */
interface Monitoring {
  readonly url: string;
  setReady(ready: boolean): void;
  /** A Prometheus that is not the sandbox's own keeps the past that it saw. */
  amendHistory(name: string, labels: Readonly<Record<string, string>>, value: (time: number, value: number) => number): void;
}

interface Build {
  readonly options: Options;
  readonly seed: number;
  readonly state: StateFolder;
  readonly progress: Progress;
  readonly teardown: Teardown;
  readonly prepareStore: (ownerUrl: string) => Promise<void>;
}

/**
 * Starts the world; on failure whatever had started is stopped.
 * @param prepareStore runs as soon as the bot's database is there, beside everything else
 */
export async function startWorld(
  options: Options,
  seed: number,
  state: StateFolder,
  progress: Progress,
  prepareStore: (ownerUrl: string) => Promise<void> = async () => {},
): Promise<World> {
  const teardown = new Teardown();
  try {
    return await build({ options, seed, state, progress, teardown, prepareStore });
  } catch (error) {
    await teardown.run();
    throw error;
  }
}

async function build(context: Build): Promise<World> {
  const { options, seed, progress, teardown } = context;
  const random = draws(seed);
  const nodes = await startNodeRegistry(random.branch('nodes'));
  teardown.add(() => nodes.close());
  const vault = await startVault(random.branch('vault'));
  teardown.add(() => vault.close());
  const [{ databases, storeUrl }, pasts] = await allDone(
    startDatabases(context, random),
    progress.step('a day of history', () => Pasts.simulate([production, staging], random.branch('past'))),
  );
  const authority = await createAuthority();
  const authorityFile = context.state.at('authority.pem');
  await writeFile(authorityFile, authority.cert);
  setDefaultCACertificates([...getCACertificates(), authority.cert]); // whoever calls the service from this process trusts it as well
  const certificates = {
    production: await certificatesFor(production, authority),
    staging: await certificatesFor(staging, authority),
  };
  const builds = new Builds(random.branch('builds'));
  const runtime = new ServiceRuntime(random.branch('pods'), builds, (spec) => pasts.adopt(spec));
  teardown.add(() => runtime.close());
  runtime.names.set(DATABASE_HOST, '127.0.0.1');
  const cluster = await progress.step('Kubernetes and the pods of hotswap-api', () =>
    startCluster(context, random, { databases, nodes, vault, builds, runtime, certificates }),
  );
  const cadvisor = await serveCadvisor(() => runtime.running().map((pod) => ({ name: containerName(pod), model: pod.process.model })));
  teardown.add(async () => cadvisor.close());
  const targets = (): readonly Target[] => targetsOf(runtime.running(), cadvisor.url, cluster.scraped());
  const prometheus =
    options.prometheus === undefined
      ? await progress.step('Prometheus', () => startStandInPrometheus(targets, pasts, runtime, teardown))
      : await routeToPrometheus(options.prometheus, teardown);
  const prometheusUrl = prometheus.url;
  const grafana = await startGrafana(prometheusUrl);
  teardown.add(async () => grafana.close());
  const open = async (name: 'production' | 'staging'): Promise<Service> => {
    const installation = { production, staging }[name];
    const service = await openService({
      installation,
      database: databases[name],
      cluster,
      certificates: certificates[name],
      trusted: authority.cert,
      pods: runtime.running(installation.namespace).map(({ spec }) => spec.name),
      random: random.branch(`load ${installation.namespace}`),
    });
    teardown.add(async () => service.close());
    return service;
  };
  const [inProduction, inStaging] = await Promise.all([open('production'), open('staging')]);
  const observations = observe({
    prometheusUrl,
    superuserUrl: databases.production.superuser,
    runtime,
    hubClients: inProduction.hubClients,
    installation: production,
    autoscalerLimited: () => cluster.autoscalerLimited(production.namespace, production.deployment),
  });
  teardown.add(() => observations.close());
  const known = await loadIncidents();
  const incidents = runIncidents({
    incidents: known,
    authority,
    service: inProduction,
    database: databases.production,
    databaseLevers: databaseLevers({
      service: databases,
      database: databases.production,
      names: runtime.names,
      host: DATABASE_HOST,
      connection: connectionOf(production, databases.production),
    }),
    nodes,
    vault: vault.levers,
    observe: observations,
    random,
    cluster,
    builds,
    runtime,
    monitoring: monitoringLevers(cluster, production, prometheus, grafana),
    memory: memoryLevers(runtime, production, prometheus.amendHistory),
  });
  teardown.add(() => incidents.stopAll());
  return {
    cluster,
    authorityFile,
    databases,
    storeUrl,
    prometheusUrl,
    grafana: { url: grafana.url, token: grafana.token },
    vault,
    production: inProduction,
    staging: inStaging,
    incidents,
    mystery: openMystery(known, incidents, random.branch('mystery')),
    targets,
    vitals: () => vitals(observations, runtime),
    close: () => teardown.run(),
  };
}

/** Like Promise.all, but a failure waits for the other, which may have started something that must be stopped. */
async function allDone<A, B>(first: Promise<A>, second: Promise<B>): Promise<readonly [A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}

async function startDatabases(context: Build, random: Draws): Promise<{ databases: ServiceCluster; storeUrl: string | undefined }> {
  const { options, seed, state, progress, teardown, prepareStore } = context;
  const { superuser, hotswap_bot, ...passwords } = state.secrets;
  const startService = async (): Promise<ServiceCluster> => {
    const directory = state.at('service-postgres');
    const started = await startServiceCluster({
      directory,
      superuserPassword: superuser,
      passwords,
      seed,
      random: random.branch('database'),
    });
    teardown.add(() => started.cluster.stop());
    teardown.add(() => started.gate.close());
    return started;
  };
  const startBot = async (): Promise<{ url: string; ownerUrl: string }> => {
    const started = await startBotCluster({ directory: state.at('bot-postgres'), superuserPassword: superuser, password: hotswap_bot });
    teardown.add(() => started.cluster.stop());
    return started;
  };
  const startStore = async (): Promise<string | undefined> => {
    if (options['no-store'] && options['no-bot']) return undefined;
    if (options.database !== undefined) {
      await prepareStore(options.database);
      return options.database;
    }
    const { url, ownerUrl } = await progress.step("the bot's PostgreSQL", startBot);
    await prepareStore(ownerUrl);
    return url;
  };
  const [databases, storeUrl] = await allDone(progress.step("hotswap's PostgreSQL", startService), startStore());
  return { databases, storeUrl };
}

/** What pods of hotswap-api talk to, and what runs them. */
interface Surroundings {
  readonly databases: ServiceCluster;
  readonly nodes: NodeRegistry;
  readonly vault: Vault;
  readonly builds: Builds;
  readonly runtime: ServiceRuntime;
  readonly certificates: Readonly<Record<'production' | 'staging', Certificates>>;
}

async function startCluster(
  { options, state, progress, teardown }: Build,
  random: Draws,
  { databases, nodes, vault, builds, runtime, certificates }: Surroundings,
): Promise<Cluster> {
  const installations = [
    {
      installation: production,
      environment: containerEnvironment(production, databases.production, nodes.url, vault),
      certificates: certificates.production,
    },
    {
      installation: staging,
      environment: containerEnvironment(staging, databases.staging, nodes.url, vault),
      certificates: certificates.staging,
    },
  ];
  const cluster =
    options.kubeconfig === undefined
      ? await startStandInCluster({
          runtime,
          builds,
          installations,
          seed: random.branch('cluster').whole(0, 0xffff_ffff),
          directory: state.path,
        })
      : await useRealCluster({
          kubeconfig: options.kubeconfig,
          readContext: options.context,
          fixContext: options['fix-context'],
          runtime,
          installations,
          note: progress.say,
        });
  teardown.add(() => cluster.close());
  return cluster;
}

async function startStandInPrometheus(
  targets: () => readonly Target[],
  pasts: Pasts,
  runtime: ServiceRuntime,
  teardown: Teardown,
): Promise<Monitoring> {
  const prometheus: PrometheusStandIn = await startPrometheus({ scrapeIntervalMs: SCRAPE_INTERVAL_MS, discover: targets });
  teardown.add(() => prometheus.close());
  prometheus.appendHistory(pasts.seriesOf(runtime.running()));
  return { url: prometheus.url, setReady: (ready) => prometheus.faults.unavailable(!ready), amendHistory: prometheus.amendHistory };
}

/** A Prometheus of somebody else cannot be switched off: what is, is the way to it. */
async function routeToPrometheus(url: string, teardown: Teardown): Promise<Monitoring> {
  const { hostname, port, protocol } = new URL(url);
  const address = { host: hostname, port: Number(port || (protocol === 'https:' ? 443 : 80)) };
  let ready = true;
  const door = await openReverseProxy(() => (ready ? [address] : []));
  teardown.add(async () => door.close());
  return {
    url: door.url,
    setReady: (now) => {
      ready = now;
    },
    amendHistory: () => {},
  };
}

const SESSIONS = "SELECT count(*)::int FROM pg_stat_activity WHERE usename = 'hotswap' AND datname = current_database()";

async function vitals(observations: Observations, runtime: ServiceRuntime): Promise<Vitals> {
  const [p95Seconds, sessions] = await Promise.all([observations.p95Seconds(), observations.number(SESSIONS).catch(() => undefined)]);
  return { pods: runtime.running(production.namespace).length, p95Seconds, cpuShare: observations.cpuShare(), sessions };
}
