import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ApiConstructor, ApiException, type ApiType, KubeConfig } from '@kubernetes/client-node';
import type { ContainerExit, LogLine, PodProcess, PodRuntime, RunningPodSpec } from '../../../sandbox/kubernetes/runtime.ts';
import { type KubernetesOptions, type KubernetesStandIn, startKubernetes } from '../../../sandbox/kubernetes/server.ts';

const PORT = 8080;

/** A container of the tests: what it says, uses and answers to probes is set from outside. */
class FakeContainer implements PodProcess {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly spec: RunningPodSpec;
  readonly lines: LogLine[] = [];
  readonly exited: Promise<ContainerExit>;
  isReady = true;
  /** What it answers to GET /live. */
  isAlive = true;
  memoryBytes = 128 * 2 ** 20;
  readonly #server: Server;
  readonly #exit: (exit: ContainerExit) => void;
  readonly #cpu: () => number;

  static async start(spec: RunningPodSpec, cpu: () => number): Promise<FakeContainer> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FakeContainer(spec, server, cpu);
  }

  private constructor(spec: RunningPodSpec, server: Server, cpu: () => number) {
    const { promise, resolve } = Promise.withResolvers<ContainerExit>();
    this.spec = spec;
    const address = server.address();
    this.port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    this.#server = server;
    server.on('request', (request, response) =>
      response.writeHead((request.url === '/live' ? this.isAlive : this.isReady) ? 200 : 503).end(),
    );
    this.exited = promise;
    this.#exit = resolve;
    this.#cpu = cpu;
    this.say(`started as ${spec.name}`);
  }

  say(line: string, at = new Date()): void {
    this.lines.push({ at, line });
  }
  kill(exit: ContainerExit): void {
    this.#server.close();
    this.#server.closeAllConnections();
    this.#exit(exit);
  }
  listens(containerPort: number): boolean {
    return containerPort === PORT;
  }
  usage() {
    return { cpuMillicores: this.#cpu(), memoryBytes: this.memoryBytes };
  }
  logs(): readonly LogLine[] {
    return this.lines;
  }
  async terminate(): Promise<void> {
    this.kill({ exitCode: 143, reason: 'Error' });
  }
}

export class FakeRuntime implements PodRuntime {
  readonly containers: FakeContainer[] = [];
  cpuMillicores = 20;
  startsReady = true;

  async start(spec: RunningPodSpec): Promise<PodProcess> {
    const container = await FakeContainer.start(spec, () => this.cpuMillicores);
    container.isReady = this.startsReady;
    this.containers.push(container);
    return container;
  }

  of(podName: string): FakeContainer {
    const found = this.containers.findLast(({ spec }) => spec.name === podName);
    if (!found) throw new Error(`no container runs for ${podName}`);
    return found;
  }
}

export interface TestCluster extends AsyncDisposable {
  readonly kubernetes: KubernetesStandIn;
  readonly runtime: FakeRuntime;
  client<T extends ApiType>(context: 'admin' | 'bot' | 'bot-fix', api: ApiConstructor<T>): T;
}

/** A fast cluster of its own for one test. */
export async function testCluster(options: Partial<KubernetesOptions> = {}): Promise<TestCluster> {
  const directory = await mkdtemp(join(tmpdir(), 'kubernetes-'));
  const runtime = new FakeRuntime();
  const kubernetes = await startKubernetes({ seed: 7, directory, runtime, timeScale: 60, tickMs: 25, autoscalerSyncMs: 100, ...options });
  return {
    kubernetes,
    runtime,
    client: (context, api) => {
      const config = new KubeConfig();
      config.loadFromFile(kubernetes.kubeconfigPath);
      config.setCurrentContext(context);
      return config.makeApiClient(api);
    },
    [Symbol.asyncDispose]: async () => {
      await kubernetes.close();
      await rm(directory, { recursive: true });
    },
  };
}

/** A manifest of the service with one container. */
export function deploymentOf(replicas: number, spec: object = {}, container: object = {}): object {
  const labels = { app: 'hotswap-api' };
  const resources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } };
  const readinessProbe = { httpGet: { path: '/ready', port: PORT }, periodSeconds: 1 };
  const containers = [
    { name: 'api', image: 'hotswap-api:1.0', env: [{ name: 'MODE', value: 'fast' }], resources, readinessProbe, ...container },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'hotswap-api', namespace: 'default' },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } }, ...spec },
  };
}

export const service = { name: 'hotswap-api', namespace: 'default' };

/** Asks until the answer is there. Fails with what was seen last. */
export async function eventually<T>(ask: () => Promise<T> | T, isThere: (answer: T) => boolean): Promise<T> {
  const until = Date.now() + 60_000;
  for (;;) {
    const answer = await ask();
    if (isThere(answer)) return answer;
    if (Date.now() > until) throw new Error(`not seen in time; last: ${JSON.stringify(answer)?.slice(0, 2000)}`);
    await sleep(20);
  }
}

/** Waits until every pod of the Deployment is of the newest template and available. */
export async function rolledOut({ kubernetes }: TestCluster, replicas: number): Promise<void> {
  await eventually(
    () => kubernetes.get('deployments', 'default', 'hotswap-api'),
    (deployment) => {
      const { status } = deployment ?? {};
      const counts = [status?.replicas, status?.updatedReplicas, status?.availableReplicas];
      return status?.observedGeneration === deployment?.metadata.generation && counts.every((count) => count === replicas);
    },
  );
}

/** Waits until the Deployment has not been written for a while. */
export async function settled(cluster: TestCluster, replicas: number): Promise<void> {
  await rolledOut(cluster, replicas);
  const version = () => cluster.kubernetes.get('deployments', 'default', 'hotswap-api')?.metadata.resourceVersion;
  let last = { version: version(), since: Date.now() };
  await eventually(
    () => {
      if (version() !== last.version) last = { version: version(), since: Date.now() };
      return Date.now() - last.since;
    },
    (quietMs) => quietMs > 150,
  );
}

export interface Refusal {
  readonly code: number;
  readonly body: unknown;
}

/** The HTTP status and the parsed body with which a call is refused. */
export async function refusal(call: Promise<unknown>): Promise<Refusal> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiException)
      return { code: error.code, body: typeof error.body === 'string' ? JSON.parse(error.body) : error.body };
    throw error;
  }
  throw new Error('the call was not refused');
}
