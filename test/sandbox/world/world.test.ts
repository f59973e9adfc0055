import { CoreV1Api, CustomObjectsApi, KubeConfig } from '@kubernetes/client-node';
import { Client, type QueryResultRow } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readOptions } from '../../../sandbox/options.ts';
import { showProgress } from '../../../sandbox/progress.ts';
import { openStateFolder, type StateFolder } from '../../../sandbox/state-folder.ts';
import { startWorld, type World } from '../../../sandbox/world.ts';

const SEED = 11;

let state: StateFolder;
let world: World;

beforeAll(async () => {
  state = await openStateFolder(undefined);
  const options = readOptions([]);
  if (options === 'help') throw new Error('no options are asked for help');
  world = await startWorld(
    options,
    SEED,
    state,
    showProgress(() => {}, new AbortController().signal),
  );
});

afterAll(async () => {
  await world.close();
  await state.discard();
});

async function ask<Row extends QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: world.databases.production.superuser });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

async function one(sql: string): Promise<number> {
  const [row] = await ask<Record<string, unknown>>(sql);
  return Number(Object.values(row ?? {})[0]);
}

const Answer = z.object({ data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }) });

async function promql(query: string): Promise<number> {
  const response = await fetch(`${world.prometheusUrl}/api/v1/query?query=${encodeURIComponent(query)}`);
  return Number(Answer.parse(await response.json()).data.result[0]?.value[1]);
}

async function timed(path: string, method = 'GET'): Promise<{ status: number; ms: number }> {
  const began = performance.now();
  const response = await fetch(`${world.production.url}${path}`, { method });
  await response.arrayBuffer();
  return { status: response.status, ms: performance.now() - began };
}

/** Runs an incident around a test, whatever becomes of it. */
async function during(id: string, work: () => Promise<void>): Promise<void> {
  expect(await world.incidents.start(id)).toBe(true);
  try {
    await work();
  } finally {
    await world.incidents.stop(id);
  }
}

const WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = 'hotswap'";
const eventually = { timeout: 120_000, interval: 500 };

describe('a world in which nothing is wrong', () => {
  it('has pods that have been there since yesterday, and the rights that the product asks for', async () => {
    const config = new KubeConfig();
    config.loadFromFile(world.cluster.kubeconfig);
    config.setCurrentContext('bot');
    const core = config.makeApiClient(CoreV1Api);
    for (const [namespace, replicas] of [
      ['default', 3],
      ['staging', 2],
    ] as const) {
      const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=hotswap-api' });
      expect(items).toHaveLength(replicas);
      for (const pod of items) expect(Date.now() - (pod.metadata?.creationTimestamp?.getTime() ?? 0)).toBeGreaterThan(24 * 3_600_000);
    }
    await expect(core.listNamespacedSecret({ namespace: 'default' })).rejects.toMatchObject({ code: 403 });
  });

  it('shows the use of the pods through the metrics API', async () => {
    const config = new KubeConfig();
    config.loadFromFile(world.cluster.kubeconfig);
    config.setCurrentContext('bot');
    const metrics = config.makeApiClient(CustomObjectsApi);
    const list = (): Promise<unknown> =>
      metrics.listNamespacedCustomObject({ group: 'metrics.k8s.io', version: 'v1beta1', namespace: 'default', plural: 'pods' });
    const Pods = z.object({ items: z.array(z.object({ containers: z.array(z.object({ usage: z.object({ cpu: z.string() }) })) })) });
    await expect.poll(async () => Pods.parse(await list()).items.length, eventually).toBe(3);
  });

  it('is quick, has traffic, and has had it for a day', async () => {
    const selector = 'job="hotswap-api",namespace="default"';
    await expect.poll(() => promql(`sum(up{${selector}})`), eventually).toBe(3);
    expect(await promql(`sum(rate(http_server_request_duration_seconds_count{${selector}}[5m]))`)).toBeGreaterThan(8);
    expect(await promql(`sum(rate(http_server_request_duration_seconds_count{${selector}}[5m] offset 20h))`)).toBeGreaterThan(8);
    expect(
      await promql(`histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{${selector}}[5m])))`),
    ).toBeLessThan(0.5);
    expect((await timed('/health')).status).toBe(200);
  });

  it('keeps room for the bot and for more pods among the connections', async () => {
    expect(await one("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")).toBeLessThan(40);
    expect(await one('SHOW max_connections')).toBe(100);
  });

  it('says what Prometheus should scrape', () => {
    expect(world.targets().filter((target) => target.labels.job === 'hotswap-api')).toHaveLength(5);
  });

  it('does not know incidents that there are not, and starts none twice', async () => {
    expect(await world.incidents.start('no-such')).toBe(false);
    expect(await world.incidents.stop('lock-chain')).toBe(false);
    await during('healthy', async () => expect(await world.incidents.start('healthy')).toBe(false));
  });
});

describe('incidents', () => {
  it('lock-chain: sessions wait behind one that idles in its transaction; ending it frees them', async () => {
    await during('lock-chain', async () => {
      await expect.poll(() => one(WAITING), eventually).toBeGreaterThanOrEqual(3);
      const roots = () =>
        ask<{ pid: number; state: string }>(
          `SELECT DISTINCT b.pid, b.state FROM pg_stat_activity w, unnest(pg_blocking_pids(w.pid)) AS p(pid) JOIN pg_stat_activity b USING (pid)
            WHERE w.wait_event_type = 'Lock' AND b.wait_event_type IS DISTINCT FROM 'Lock'`,
        );
      // For a moment, one that holds a row that the next one waits for does not wait itself yet.
      await expect.poll(async () => (await roots()).map(({ state }) => state), eventually).toEqual(['idle in transaction']);
      const depthTwo = `SELECT count(*) FROM pg_stat_activity w, unnest(pg_blocking_pids(w.pid)) AS p(pid) JOIN pg_stat_activity b USING (pid)
        WHERE w.wait_event_type = 'Lock' AND b.wait_event_type = 'Lock'`;
      await expect.poll(() => one(depthTwo), eventually).toBeGreaterThan(0);
      await ask(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'`);
      await expect.poll(() => one(WAITING), eventually).toBe(0);
      expect((await timed(`/api/v1/deployments/${world.production.catalog.running[0]}/progress`, 'POST')).status).toBe(204);
    });
  });

  it('missing-index: reads the whole table, slowly; the index mends it', async () => {
    const missing = `SELECT t.relname FROM (VALUES ('audit_events', 'idx_audit_events_deployment_id'), ('module_artifacts', 'idx_module_artifacts_module_name'))
      AS t(relname, index) WHERE to_regclass(t.index) IS NULL`;
    await during('missing-index', async () => {
      const [table] = await ask<{ relname: string }>(missing);
      const { catalog } = world.production;
      const audit = table?.relname === 'audit_events';
      const path = audit ? `/api/v1/audit/${catalog.executions[0]}` : `/api/v1/modules/${catalog.modules[0]}/artifacts`;
      expect((await timed(path)).ms).toBeGreaterThan(1_000);
      await expect
        .poll(() => one(`SELECT seq_scan FROM pg_stat_user_tables WHERE relname = '${table?.relname}'`), eventually)
        .toBeGreaterThan(20);
      expect(await one(`SELECT seq_tup_read / seq_scan FROM pg_stat_user_tables WHERE relname = '${table?.relname}'`)).toBeGreaterThan(
        10_000,
      );
      await ask(`CREATE INDEX CONCURRENTLY by_hand ON ${table?.relname} (${audit ? 'deployment_id' : 'module_name'})`);
      await expect.poll(async () => (await timed(path)).ms, eventually).toBeLessThan(500);
    });
    expect(await ask(missing)).toEqual([]);
  });

  it('cpu-saturation: the pods use all that they may, requests queue, and no HPA is there', async () => {
    await during('cpu-saturation', async () => {
      await expect.poll(async () => (await world.vitals()).cpuShare, eventually).toBeGreaterThan(0.95);
      expect((await timed('/api/v1/deployments')).ms).toBeGreaterThan(500);
      expect(await world.cluster.autoscalerLimited('default', 'hotswap-api')).toBe(false);
    });
    await expect.poll(async () => (await world.vitals()).cpuShare, eventually).toBeLessThan(0.7);
  });

  it('hpa-at-max: an HPA would want more pods than it may have', async () => {
    await during('hpa-at-max', async () => {
      await expect.poll(() => world.cluster.autoscalerLimited('default', 'hotswap-api'), eventually).toBe(true);
    });
    expect(await world.cluster.autoscalerLimited('default', 'hotswap-api')).toBe(false);
  });

  it('slow-downstream: a request that asks the node registry takes long, its SQL does not', async () => {
    const path = `/api/v1/deployments/${world.production.catalog.executions[0]}`;
    await ask('SELECT pg_stat_statements_reset()');
    await during('slow-downstream', async () => {
      expect((await timed(path)).ms).toBeGreaterThan(1_300);
      expect(
        await one("SELECT max(mean_exec_time) FROM pg_stat_statements WHERE query LIKE '%FROM deployments d LEFT JOIN%'"),
      ).toBeLessThan(100);
      await expect.poll(() => one(WAITING), eventually).toBe(0);
    });
    await expect.poll(async () => (await timed(path)).ms, eventually).toBeLessThan(500);
  });
});
