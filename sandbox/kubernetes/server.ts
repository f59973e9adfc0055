import { mkdir } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { MetricsSource } from './api/context.ts';
import { type Faults, pathFaults } from './api/faults.ts';
import { apiServer } from './api/http.ts';
import { accounts, bootstrapRbac } from './api/identities.ts';
import { served } from './api/served.ts';
import { loopbackCertificate } from './certificate.ts';
import { autoscaling } from './controllers/autoscaler.ts';
import { syncDisruptionBudgets, syncQuotas } from './controllers/budgets.ts';
import { syncDeployments } from './controllers/deployment.ts';
import { syncEndpoints } from './controllers/endpoints.ts';
import { eventRecorder } from './controllers/events.ts';
import { syncNodes } from './controllers/node-lifecycle.ts';
import { syncReplicaSets } from './controllers/replica-set.ts';
import { scheduler } from './controllers/scheduler.ts';
import { volumeClaims } from './controllers/volume-claims.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { NodeImages, type Registries } from './kubelet/images.ts';
import { startKubelet } from './kubelet/kubelet.ts';
import { metricsServer } from './kubelet/metrics-server.ts';
import { Machines } from './machines.ts';
import { seededRandom } from './random.ts';
import { idleRuntime, type PodRuntime } from './runtime.ts';
import { type ClusterStore, clusterClock, clusterStore } from './store/cluster-store.ts';
import { collectGarbage } from './store/deletion.ts';
import { kubeTime } from './store/object.ts';
import { type ClusterWorld, clusterWorld } from './world.ts';

export interface NodeOptions {
  readonly name: string;
  /** Quantities, such as "4" and "16Gi". */
  readonly cpu: string;
  readonly memory: string;
}

export interface KubernetesOptions {
  readonly seed: number;
  /** Where the kubeconfig is written; made when it is not there. */
  readonly directory: string;
  /** What runs the containers; without one they are idle and ready at once. */
  readonly runtime?: PodRuntime;
  /** How many times faster than on a real cluster its own waits pass (back-off, deadlines, metrics windows). Default 10. */
  readonly timeScale?: number;
  readonly nodes?: readonly NodeOptions[];
  /** Namespaces to make besides default and kube-system. */
  readonly namespaces?: readonly string[];
  /** Where the service accounts hotswap-bot and hotswap-bot-fix live. Default "default". */
  readonly serviceAccountNamespace?: string;
  /** Group versions that this cluster does not serve, such as "autoscaling/v2". */
  readonly notServed?: readonly string[];
  /** Default 1.34.1. */
  readonly version?: string;
  /** What registries answer; without it they have every image. */
  readonly registries?: Registries;
  /** Between two rounds of the controllers, in ms. Default 250. */
  readonly tickMs?: number;
  /** Between two syncs of the autoscaler, in ms. Default 3000. */
  readonly autoscalerSyncMs?: number;
  /** How long a scale-down is held back, in ms. Default 300 s by timeScale. */
  readonly downscaleStabilisationMs?: number;
  readonly now?: () => Date;
}

export interface KubernetesStandIn extends ClusterWorld {
  readonly url: string;
  /** Contexts admin, bot and bot-fix. */
  readonly kubeconfigPath: string;
  readonly faults: Faults;
  /** What metrics.k8s.io shows. */
  readonly metrics: MetricsSource;
  readonly machines: Machines;
  close(): Promise<void>;
}

const defaultNodes: readonly NodeOptions[] = ['node-1', 'node-2', 'node-3'].map((name) => ({ name, cpu: '8', memory: '32Gi' }));
const downscaleStabilisationMs = 300_000;

/** Starts an API server on a free loopback port, with its controllers and kubelets. */
export async function startKubernetes(options: KubernetesOptions): Promise<KubernetesStandIn> {
  const { timeScale = 10, tickMs = 250, notServed = [], now = () => new Date(), serviceAccountNamespace = 'default' } = options;
  const random = seededRandom(options.seed);
  const clock = clusterClock(random, now);
  const store = clusterStore(clock);
  const events = eventRecorder(store, random, now);
  const context = { store, events, random, timeScale, now };
  const machines = new Machines(now);
  const { runtime = idleRuntime, registries = () => undefined } = options;
  const kubelet = startKubelet({ ...context, runtime, registries, images: new NodeImages(), machines });
  const metrics = metricsServer(context, kubelet);
  const faults = pathFaults();
  const users = accounts(random, serviceAccountNamespace);
  bootstrapRbac(store);
  furnish(store, options, now);

  const schedule = scheduler(context);
  const autoscale = autoscaling(context, {
    syncMs: options.autoscalerSyncMs ?? 3000,
    downscaleStabilisationMs: options.downscaleStabilisationMs ?? downscaleStabilisationMs / timeScale,
    metrics,
    faults,
    metricsServed: !notServed.includes('metrics.k8s.io/v1beta1'),
  });
  const round = rounds([
    autoscale,
    () => syncDeployments(context),
    () => syncReplicaSets(context),
    () => syncNodes(context, machines),
    volumeClaims(context),
    schedule,
    kubelet.tick,
    metrics.tick,
    () => syncEndpoints(context),
    () => syncDisruptionBudgets(context),
    () => syncQuotas(context),
    () => collectGarbage(store, now()),
    events.expire,
  ]);
  const version = options.version ?? '1.34.1';
  const certificate = await loopbackCertificate();
  const server = apiServer(
    { store, served: served(store, notServed), clock, accounts: users, version, kubelet, metrics, faults },
    certificate,
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `https://127.0.0.1:${portOf(server.address())}`;
  await mkdir(options.directory, { recursive: true });
  const kubeconfigPath = join(options.directory, 'kubeconfig');
  await writeKubeconfig(kubeconfigPath, url, certificate.cert, users);
  const timer = setInterval(round, tickMs);
  const close = async (): Promise<void> => {
    clearInterval(timer);
    server.closeAllConnections();
    await Promise.all([new Promise((resolve) => server.close(resolve)), kubelet.close()]);
  };
  return { ...clusterWorld(store, kubelet, now), url, kubeconfigPath, faults, metrics, machines, close };
}

/** One round of every controller; one that fails says so, once for each problem, and does not hold the others back. */
function rounds(controllers: readonly (() => void)[]): () => void {
  const said = new Set<string>();
  return () => {
    for (const controller of controllers) {
      try {
        controller();
      } catch (error) {
        const problem = error instanceof Error ? error.message : String(error);
        if (!said.has(problem)) process.stderr.write(`kubernetes stand-in: a controller failed: ${problem}\n`);
        said.add(problem);
      }
    }
  };
}

/** The namespaces, nodes and service accounts that are there from the start. */
function furnish(store: ClusterStore, options: KubernetesOptions, now: () => Date): void {
  const { namespaces = [], nodes = defaultNodes, serviceAccountNamespace = 'default' } = options;
  for (const name of new Set(['default', 'kube-system', serviceAccountNamespace, ...namespaces])) {
    store.namespaces.insert({ metadata: { name, labels: { 'kubernetes.io/metadata.name': name } } });
  }
  for (const name of ['hotswap-bot', 'hotswap-bot-fix'])
    store.serviceaccounts.insert({ metadata: { name, namespace: serviceAccountNamespace } });
  for (const { name, cpu, memory } of nodes) {
    const amounts = { cpu, memory, pods: '110' };
    const at = kubeTime(now());
    const times = { lastHeartbeatTime: at, lastTransitionTime: at };
    const ready = { type: 'Ready', status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status', ...times };
    store.nodes.insert({
      metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux' } },
      status: {
        capacity: amounts,
        allocatable: amounts,
        conditions: [ready],
        addresses: [
          { type: 'InternalIP', address: '127.0.0.1' },
          { type: 'Hostname', address: name },
        ],
        nodeInfo: { kubeletVersion: `v${options.version ?? '1.34.1'}`, operatingSystem: 'linux', architecture: 'amd64' },
      },
    });
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the API server did not get a port');
  return address.port;
}
