import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startBotCluster } from '../../sandbox/postgres/bot-cluster.ts';
import { type Cluster, startCluster } from '../../sandbox/postgres/cluster.ts';
import type { Draws } from '../../sandbox/random.ts';
import { type SlackStandIn, startSlack } from '../../sandbox/slack/server.ts';
import { type CountingCluster, DEPLOYMENT, startCountingCluster } from './counting-cluster.ts';
import { type CountingJobs, createCountingJobs } from './counting-jobs.ts';
import { channelOf, chaosWorkspace, GROUP, namespaceOf, quorumOf } from './people.ts';
import { keepRunning, type ProductProcess, runOnce } from './processes.ts';
import { type RedisServer, startRedis } from './redis.ts';
import { startSilentPrometheus } from './silent-prometheus.ts';

export type Backend = 'redis' | 'postgres';

/** The product's own processes, and everything outside of them that they talk with. */
export interface ChaosWorld {
  readonly slack: SlackStandIn;
  readonly cluster: CountingCluster;
  readonly jobs: CountingJobs;
  readonly storeUrl: string;
  readonly storeCluster: Cluster;
  readonly redis: RedisServer | undefined;
  readonly bots: readonly ProductProcess[];
  readonly executors: readonly ProductProcess[];
  readonly logFolder: string;
  /** `keep`: leaves logs and databases where they are. */
  close(keep: boolean): Promise<void>;
}

const BOTS = 2;
const EXECUTORS = 4;
/** Seconds after which an approval that nobody gave has expired. */
const EXPIRES_AFTER_SECONDS = 60;
/** Each executor keeps up to so many connections to the database of each target; those of killed ones are noticed late. */
const CONNECTIONS_OF_A_TARGET = 4;
const OTHER_CONNECTIONS = 100;
const READY_WITHIN_MS = 120_000;

export async function startWorld(options: {
  readonly backend: Backend;
  readonly lanes: number;
  /** Whether Slack's rate limits hold. */
  readonly limits: boolean;
  readonly draws: Draws;
}): Promise<ChaosWorld> {
  const { backend, lanes, limits, draws } = options;
  const folder = await mkdtemp(join(tmpdir(), 'hotswap-chaos-'));
  await chmod(folder, 0o755); // started by root, PostgreSQL runs as a user of its own
  const logFolder = join(folder, 'logs');
  await mkdir(logFolder);
  const namespaces = Array.from({ length: lanes }, (_, lane) => namespaceOf(lane));
  const [store, service, cluster, slack, prometheus, redis] = await Promise.all([
    startBotCluster({ directory: join(folder, 'store'), superuserPassword: 'postgres', password: 'store', settings: STORE_SETTINGS }),
    startCluster({
      directory: join(folder, 'service'),
      superuserPassword: 'postgres',
      settings: { max_connections: OTHER_CONNECTIONS + EXECUTORS * lanes * CONNECTIONS_OF_A_TARGET, shared_buffers: '16MB' },
    }),
    startCountingCluster({ namespaces, kubeconfig: join(folder, 'kubeconfig'), draws: draws.branch('cluster') }),
    startSlack({ mode: { kind: 'socket' }, workspace: chaosWorkspace(lanes), filesDir: join(folder, 'files'), rateLimits: limits }),
    startSilentPrometheus(),
    backend === 'redis' ? startRedis() : undefined,
  ]);
  const jobs = await createCountingJobs(service.superuserUrl(), lanes);
  const configuration = join(folder, 'hotswap.yaml');
  await writeFile(configuration, configurationFile(lanes));
  const policy = join(folder, 'policy.yaml');
  await writeFile(policy, policyFile(lanes));
  const common = {
    HOTSWAP_CONFIG: configuration,
    HOTSWAP_POLICY: policy,
    LOG_LEVEL: 'info',
    APPROVERS_USERGROUP: GROUP,
    STORE_DATABASE_URL: store.url,
    ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
  };
  await runOnce('src/bot/release.ts', { ...common, STORE_OWNER_DATABASE_URL: store.ownerUrl });
  const bot = {
    ...common,
    SLACK_MODE: 'socket',
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.tokens.bot,
    SLACK_APP_TOKEN: slack.tokens.app,
    PORT: '0',
  };
  const executor = {
    ...common,
    KUBECONFIG: cluster.kubeconfig,
    CHAOS_DATABASE_URL: jobs.url,
    CHAOS_PROMETHEUS_URL: prometheus.url,
  };
  const many = (count: number, name: string, entry: string, environment: Readonly<Record<string, string>>) =>
    Array.from({ length: count }, (_, index) => keepRunning(`${name}-${index + 1}`, entry, environment, logFolder));
  const bots = many(BOTS, 'bot', 'src/bot/main.ts', bot);
  const executors = many(EXECUTORS, 'executor', 'src/bot/executor.ts', executor);
  const close = async (keep: boolean): Promise<void> => {
    await Promise.all([...bots, ...executors].map((one) => one.stop()));
    await slack.close();
    await Promise.all([store.cluster.stop(), service.stop(), cluster.close(), prometheus.close(), redis?.stop()]);
    if (!keep) await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  try {
    await untilReady([...bots, ...executors]);
    await keepCompiled([...bots.slice(0, 1), ...executors.slice(0, 1)]);
  } catch (error) {
    await close(true);
    throw error;
  }
  return { slack, cluster, jobs, storeUrl: store.url, storeCluster: store.cluster, redis, bots, executors, logFolder, close };
}

/** What is committed must survive a server that is ended at once; the disk itself is not pulled out. */
const STORE_SETTINGS = { max_connections: 200, synchronous_commit: 'on' };

async function untilReady(processes: readonly ProductProcess[]): Promise<void> {
  const late = AbortSignal.timeout(READY_WITHIN_MS);
  await Promise.race([
    Promise.all(processes.map((one) => one.ready())),
    new Promise<never>((_, reject) => {
      late.addEventListener('abort', () => reject(new Error('the processes were not ready in time; their logs say why')));
    }),
  ]);
}

/** A process keeps what it has compiled when it ends in good order, and those that are killed never do: starting them takes half as long then. */
async function keepCompiled(processes: readonly ProductProcess[]): Promise<void> {
  await Promise.all(processes.map((one) => one.endOnce()));
}

/** A target for each lane: its own namespace, channel and autoscaler; its own jobs are in a table that all share. */
function configurationFile(lanes: number): string {
  const target = (lane: number): object => ({
    kubernetes: { namespace: namespaceOf(lane), deployment: DEPLOYMENT, maxReplicas: 500, context: 'bot', fixContext: 'bot' },
    database: { readUrlFrom: 'CHAOS_DATABASE_URL', fixUrlFrom: 'CHAOS_DATABASE_URL' },
    prometheus: { urlFrom: 'CHAOS_PROMETHEUS_URL' },
  });
  const all = Array.from({ length: lanes }, (_, lane) => lane);
  return stringify({
    defaultTarget: namespaceOf(0),
    slack: { channels: all.map((lane) => ({ id: channelOf(lane), target: namespaceOf(lane) })) },
    targets: Object.fromEntries(all.map((lane) => [namespaceOf(lane), target(lane)])),
  });
}

/** Nothing has to rest, and approvals expire soon; on some targets two people must approve. */
function policyFile(lanes: number): string {
  const two = Array.from({ length: lanes }, (_, lane) => lane).filter((lane) => quorumOf(lane) === 2);
  return stringify({
    defaults: { expiresAfterSeconds: EXPIRES_AFTER_SECONDS },
    rules: two.length === 0 ? [] : [{ name: 'two people', when: { target: two.map(namespaceOf) }, quorum: 2 }],
    budget: { cooldownSeconds: 0, disruptiveActionsPerHour: 1_000 },
  });
}
