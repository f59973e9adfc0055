import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServiceCluster, startServiceCluster } from '../../../sandbox/postgres/service-cluster.ts';
import { draws } from '../../../sandbox/random.ts';
import { Builds, type BuildTraits } from '../../../sandbox/service/builds.ts';
import { connectionString } from '../../../sandbox/service/connection-string.ts';
import { type NodeRegistry, startNodeRegistry } from '../../../sandbox/service/node-registry.ts';
import type { HotswapApiPod } from '../../../sandbox/service/pod.ts';
import { ServiceRuntime } from '../../../sandbox/service/runtime.ts';
import { openStateFolder, type StateFolder } from '../../../sandbox/state-folder.ts';

let state: StateFolder;
let cluster: ServiceCluster;
let nodes: NodeRegistry;
const builds = new Builds(draws(1));
const runtime = new ServiceRuntime(draws(1), builds);
let started = 0;

beforeAll(async () => {
  state = await openStateFolder(undefined);
  const { superuser, ...passwords } = state.secrets;
  cluster = await startServiceCluster({ directory: state.at('pg'), superuserPassword: superuser, passwords, seed: 3, random: draws(3) });
  nodes = await startNodeRegistry(draws(2));
});

afterAll(async () => {
  await runtime.close();
  await nodes.close();
  await cluster.cluster.stop();
  await state.discard();
});

function start(env: Readonly<Record<string, string>> = {}, traits: BuildTraits = {}): Promise<HotswapApiPod> {
  const pool = { maxPoolSize: 2, commandTimeoutSeconds: 2 };
  return runtime.startService({
    namespace: 'default',
    name: `pod-${++started}`,
    uid: `uid-${started}`,
    labels: {},
    nodeName: 'node',
    container: {
      name: 'hotswap-api',
      image: builds.publish(traits),
      env: {
        ConnectionStrings__DefaultConnection: connectionString(cluster.production.owner, pool),
        NodeRegistry__BaseUrl: nodes.url,
        ...env,
      },
      resources: { requests: {}, limits: {} },
    },
  });
}

const text = (pod: HotswapApiPod): string =>
  pod
    .logs()
    .map(({ line }) => line)
    .join('\n');

describe('a hotswap-api process that starts', () => {
  it('cannot be reached before it listens, and can after', async () => {
    const pod = await start();
    await expect(fetch(`http://${pod.host}:${pod.port}/health`)).rejects.toThrow();
    expect(pod.listens(8080)).toBe(false);
    await expect.poll(() => pod.ready()).toBe(true);
    expect(pod.listens(8080)).toBe(true);
    expect(pod.listens(5000)).toBe(false);
    expect((await fetch(`http://${pod.host}:${pod.port}/health`)).status).toBe(200);
  });

  it.each([
    [{ DataProtection__KeyPath: '/srv/keys' }, 134, "System.IO.IOException: Read-only file system : '/srv/keys'"],
    [{ ASPNETCORE_URLS: 'http://+:8080;https://+:8443' }, 134, 'Unable to configure HTTPS endpoint. No server certificate was specified'],
    [{ CORECLR_ENABLE_PROFILING: '1' }, 139, 'Starting Distributed Kernel Orchestration API'],
  ])('ends with %j', async (env, exitCode, words) => {
    const pod = await start(env);
    expect(await pod.exited).toEqual({ exitCode, reason: 'Error' });
    expect(text(pod)).toContain(words);
  });

  it('ends where the registry of nodes or the database is not there', async () => {
    await nodes.setUp(false);
    const lonely = await start();
    expect(await lonely.exited).toMatchObject({ exitCode: 134 });
    expect(text(lonely)).toContain('Unhandled exception. System.Net.Http.HttpRequestException: Connection refused');
    await nodes.setUp(true);
    const elsewhere = await start({ ConnectionStrings__DefaultConnection: 'Host=127.0.0.1;Port=1;Username=hotswap;Database=hotswap' });
    expect(await elsewhere.exited).toMatchObject({ exitCode: 134 });
    expect(text(elsewhere)).toContain('Npgsql.NpgsqlException (0x80004005): Failed to connect to 127.0.0.1:1');
  });

  it('is stopped by the signal itself while nobody handles it, and is killed without a word', async () => {
    const early = await start();
    await early.terminate(1_000);
    expect(await early.exited).toEqual({ exitCode: 143, reason: 'Error' });
    const killed = await start();
    killed.kill({ exitCode: 137, reason: 'OOMKilled' });
    expect(await killed.exited).toEqual({ exitCode: 137, reason: 'OOMKilled' });
    expect(text(killed)).not.toContain('shutting down');
  });

  it('listens on loopback alone where its build or a variable says so, and warns', async () => {
    const pod = await start({}, { kestrelUrl: 'http://localhost:8080' });
    await expect.poll(() => pod.ready()).toBe(true);
    expect(pod.listens(8080)).toBe(false);
    await expect(fetch(`http://${pod.host}:${pod.port}/health`)).rejects.toThrow();
    expect(text(pod)).toContain("Overriding address(es) 'http://+:8080'. Binding to endpoints defined via IConfiguration");
    const mended = await start({ Kestrel__Endpoints__Http__Url: 'http://0.0.0.0:8080' }, { kestrelUrl: 'http://localhost:8080' });
    await expect.poll(() => mended.listens(8080)).toBe(true);
  });

  it('is stopped with code 0 by a hosted service that fails', async () => {
    const pod = await start({ RateLimiting__CleanupIntervalMinutes: '0' });
    expect(await pod.exited).toEqual({ exitCode: 0, reason: 'Completed' });
    expect(text(pod)).toMatch(/FTL\] \S+: The HostOptions\.BackgroundServiceExceptionBehavior is configured to StopHost\./);
  });

  it('throws in as many requests as its build does', async () => {
    const pod = await start({}, { throwsInShare: 0.5 });
    await expect.poll(() => pod.ready()).toBe(true);
    const statuses: number[] = [];
    for (let turn = 0; turn < 6; turn++) statuses.push((await fetch(`http://${pod.host}:${pod.port}/api/v1/deployments`)).status);
    expect(statuses.filter((status) => status === 500)).toHaveLength(3);
    expect(text(pod)).toContain('System.NullReferenceException');
  });
});
