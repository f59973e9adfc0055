import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServiceCluster, startServiceCluster } from '../../../sandbox/postgres/service-cluster.ts';
import { draws } from '../../../sandbox/random.ts';
import { Builds } from '../../../sandbox/service/builds.ts';
import { type Catalog, readCatalog } from '../../../sandbox/service/catalog.ts';
import { connectionString } from '../../../sandbox/service/connection-string.ts';
import { startLoad } from '../../../sandbox/service/load.ts';
import { type NodeRegistry, startNodeRegistry } from '../../../sandbox/service/node-registry.ts';
import type { HotswapApiPod } from '../../../sandbox/service/pod.ts';
import { PodModel } from '../../../sandbox/service/pod-model.ts';
import { ServiceRuntime } from '../../../sandbox/service/runtime.ts';
import { openStateFolder, type StateFolder } from '../../../sandbox/state-folder.ts';

let state: StateFolder;
let cluster: ServiceCluster;
let nodes: NodeRegistry;
let catalog: Catalog;
// Pods that are ready at once, as those that have been running for longer than the sandbox.
const runtime = new ServiceRuntime(draws(1), new Builds(draws(2)), (_spec, shape) => new PodModel(shape, Date.now()));
let started = 0;

beforeAll(async () => {
  state = await openStateFolder(undefined);
  const { superuser, ...passwords } = state.secrets;
  cluster = await startServiceCluster({ directory: state.at('pg'), superuserPassword: superuser, passwords, seed: 3, random: draws(3) });
  nodes = await startNodeRegistry(draws(2));
  catalog = await readCatalog(cluster.production.owner);
});

afterAll(async () => {
  await runtime.close();
  await nodes.close();
  await cluster.cluster.stop();
  await state.discard();
});

interface PodOptions {
  readonly maxPoolSize?: number;
  readonly cpuMillicores?: number;
  readonly commandTimeoutSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly profile?: string;
}

async function startPod(options: PodOptions = {}): Promise<HotswapApiPod> {
  const { maxPoolSize = 4, cpuMillicores = 2_000, commandTimeoutSeconds = 2, timeoutSeconds = 15, profile = 'otel' } = options;
  const connection = connectionString(cluster.production.owner, { maxPoolSize, commandTimeoutSeconds });
  const process = await runtime.startService({
    namespace: 'default',
    name: `pod-${++started}`,
    uid: `uid-${started}`,
    labels: {},
    nodeName: 'node',
    container: {
      name: 'hotswap-api',
      image: 'i',
      env: {
        ConnectionStrings__DefaultConnection: `${connection};Timeout=${timeoutSeconds}`,
        NodeRegistry__BaseUrl: nodes.url,
        NodeRegistry__TimeoutSeconds: '1',
        Metrics__Profile: profile,
      },
      resources: { requests: {}, limits: { cpuMillicores } },
    },
  });
  await expect.poll(() => process.ready()).toBe(true);
  return process;
}

const call = (pod: HotswapApiPod, path: string, method = 'GET'): Promise<Response> =>
  fetch(`http://${pod.host}:${pod.port}${path}`, { method });
const page = async (pod: HotswapApiPod): Promise<string> => (await call(pod, '/metrics')).text();
const progressOf = (index = 0): string => `/api/v1/deployments/${catalog.running[index]}/progress`;

function count(text: string, route: string, status: number): number {
  const line = text
    .split('\n')
    .find((candidate) => candidate.includes('_count{') && candidate.includes(`"${route}"`) && candidate.includes(`"${status}"`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

/** A session that holds the rows of every running job until it is ended. */
async function holdRows(): Promise<Client> {
  const holder = new Client({ connectionString: cluster.production.owner, application_name: 'holder' });
  await holder.connect();
  await holder.query("BEGIN; UPDATE deployment_jobs SET error_message = NULL WHERE status = 'Running'");
  return holder;
}

/** How many sessions wait behind the holder. */
async function waitingFor(holder: Client): Promise<number> {
  const { rows } = await holder.query<{ waiting: number }>(
    'SELECT count(*)::int AS waiting FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY (pg_blocking_pids(pid))',
  );
  return rows[0]?.waiting ?? 0;
}

describe('a pod of hotswap-api', () => {
  it('serves the routes of the guide with rows of the database, and counts each request', async () => {
    const pod = await startPod();
    expect(await (await call(pod, '/health')).text()).toBe('Healthy');
    const [execution = ''] = catalog.executions;
    expect(await (await call(pod, `/api/v1/deployments/${execution}`)).json()).toMatchObject({
      execution_id: execution,
      nodes: { healthy: 12 },
    });
    expect((await call(pod, '/api/v1/deployments/none')).status).toBe(404);
    expect((await call(pod, '/api/v1/deployments')).status).toBe(200);
    expect((await call(pod, progressOf(), 'POST')).status).toBe(204);
    expect((await call(pod, '/nothing')).status).toBe(404);
    const text = await page(pod);
    expect(count(text, 'api/v1/deployments/{executionId}', 200)).toBe(1);
    expect(count(text, 'api/v1/deployments/{executionId}', 404)).toBe(1);
    expect(count(text, 'api/v1/deployments/{executionId}/progress', 204)).toBe(1);
    expect(text).toMatch(/process_memory_usage_bytes \d+/);
  });

  it("speaks prometheus-net's names on request", async () => {
    const pod = await startPod({ profile: 'prometheus-net' });
    await call(pod, '/api/v1/deployments');
    const text = await page(pod);
    expect(text).toContain(
      'http_request_duration_seconds_bucket{code="200",method="GET",controller="",action="",endpoint="api/v1/deployments"',
    );
    expect(text).toMatch(/http_requests_received_total\{[^}]*\} 1/);
    expect(text).not.toContain('http_server_request_duration_seconds');
  });

  it('uses CPU as it is used, and makes requests wait when there is not enough', async () => {
    const pod = await startPod({ cpuMillicores: 200 });
    const idle = pod.usage().cpuMillicores;
    const began = performance.now();
    await Promise.all(Array.from({ length: 8 }, () => call(pod, '/api/v1/reports/deployments')));
    expect(performance.now() - began).toBeGreaterThan(8 * 36 * 5 * 0.95);
    expect(pod.usage().cpuMillicores).toBeGreaterThan(idle + 50);
    expect(pod.usage().cpuMillicores).toBeLessThanOrEqual(200);
  });

  it('waits for rows that somebody holds, gives up after the command timeout, and says so as Npgsql does', async () => {
    const pod = await startPod({ commandTimeoutSeconds: 1 });
    const holder = await holdRows();
    const response = await call(pod, progressOf(), 'POST');
    await holder.end();
    expect(response.status).toBe(409);
    const lines = pod.logs().map((entry) => entry.line);
    expect(lines.find((line) => line.includes('[') && line.includes('ERR]'))).toMatch(
      /^\[\d\d:\d\d:\d\d ERR\] \S+: Unhandled exception occurred\./,
    );
    expect(lines).toContain(' ---> System.TimeoutException: Timeout during reading attempt');
    const text = await page(pod);
    expect(count(text, 'api/v1/deployments/{executionId}/progress', 409)).toBe(1);
    expect((await call(pod, progressOf(), 'POST')).status).toBe(204);
  });

  it('runs out of connections when they are all held up, and says how many it may have', async () => {
    const pod = await startPod({ maxPoolSize: 2, commandTimeoutSeconds: 60, timeoutSeconds: 1 });
    const holder = await holdRows();
    const stuck = [call(pod, progressOf(0), 'POST'), call(pod, progressOf(1), 'POST')];
    await expect.poll(() => waitingFor(holder)).toBe(2);
    expect((await call(pod, '/api/v1/deployments')).status).toBe(409);
    await holder.end();
    await Promise.all(stuck);
    const text = pod
      .logs()
      .map((entry) => entry.line)
      .join('\n');
    expect(text).toContain(
      "The connection pool has been exhausted, either raise 'Max Pool Size' (currently 2) or 'Timeout' (currently 1 seconds)",
    );
  });

  it('fails with an HTTP client error when the node registry is too slow, without touching the database for it', async () => {
    const pod = await startPod();
    nodes.setDelay({ from: 3_000, to: 3_000 });
    const response = await call(pod, `/api/v1/deployments/${catalog.executions[0]}`);
    nodes.setDelay(undefined);
    expect(response.status).toBe(500);
    expect(
      pod
        .logs()
        .map((entry) => entry.line)
        .join('\n'),
    ).toContain('System.Threading.Tasks.TaskCanceledException');
  });

  it('counts a caller who left as 499', async () => {
    const pod = await startPod({ cpuMillicores: 50 });
    const leave = async () => {
      const impatient = fetch(`http://${pod.host}:${pod.port}/api/v1/reports/deployments`, { signal: AbortSignal.timeout(100) });
      await expect(impatient).rejects.toThrow();
      return count(await page(pod), 'api/v1/reports/deployments', 499);
    };
    await expect.poll(leave).toBeGreaterThan(0); // on a busy machine a caller may leave before the pod has heard of them
  });

  it('has metrics that follow its load', async () => {
    const pod = await startPod();
    const load = startLoad({ random: draws(5), catalog, requestsPerSecond: 60, addresses: () => [{ host: pod.host, port: pod.port }] });
    await expect.poll(async () => count(await page(pod), 'api/v1/deployments/{executionId}', 200)).toBeGreaterThan(20);
    await expect.poll(async () => count(await page(pod), 'api/v1/audit/{executionId}', 200)).toBeGreaterThan(0);
    load.stop();
    expect(count(await page(pod), 'api/v1/deployments/{executionId}', 500)).toBe(0);
  });

  it('stops when told, with its connections closed', async () => {
    const pod = await startPod();
    await call(pod, '/api/v1/deployments');
    await pod.terminate(1_000);
    expect(await pod.exited).toEqual({ exitCode: 0, reason: 'Completed' });
    expect(pod.ready()).toBe(false);
    await expect(call(pod, '/health')).rejects.toThrow();
  });
});
