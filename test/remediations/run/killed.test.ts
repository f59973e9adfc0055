import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { openProducer } from '../../../src/queue/producer.ts';
import { decide } from '../../../src/remediations/approvals/decide.ts';
import type { RequestRecord } from '../../../src/remediations/approvals/record.ts';
import { verifyAuditChain } from '../../../src/store/audit-chain.ts';
import { openRequests, type Requests } from '../../../src/store/requests.ts';
import { startExecutor } from '../../support/executor.ts';
import { addRun, fixSettings } from '../../support/fix-world.ts';
import { startProxy } from '../../support/proxy.ts';
import { createServiceDatabase, until } from '../../support/service-database.ts';
import { createStore } from '../../support/store.ts';
import { sampleRequest, standing } from '../approvals/records.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close().catch(() => {});
});

async function world() {
  const { store, url: storeUrl } = await createStore();
  const database = await createServiceDatabase();
  const holder = await database.session();
  await holder.client.query("BEGIN; UPDATE jobs SET state = 'x' WHERE id = 1");
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const { runId } = await addRun(store, holder);
  const requests = openRequests(store, async () => {});
  const record = sampleRequest({
    target: 'production',
    thread: runId,
    run: runId,
    params: { pid: holder.pid, backendStart: holder.backendStart },
  });
  await requests.create(record, { event: 'requested', actor: record.requester, details: {} }, new Date());
  const jobs = openProducer('remediate', { kind: 'postgres', url: storeUrl }, () => {});
  closing.push(() => jobs.close());
  const wake = (intent: 'plan' | 'execute') =>
    jobs.add({ requestId: record.id, intent }, { jobId: `${intent}-${record.id}`, timeoutMs: 5_000 });
  await wake('plan');
  const approve = async () => {
    await approveOnly(requests, record.id);
    await wake('execute');
  };
  const state = async () => (await requests.find(record.id))?.state;
  const alive = async () => (await database.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [holder.pid])).length === 1;
  return { store, storeUrl, database, holder, requests, record, state, alive, approve, settings: fixSettings(database) };
}

async function approveOnly(requests: Requests, id: string, by = 'U1'): Promise<void> {
  const at = new Date();
  await requests.change(id, at, (record: RequestRecord) =>
    decide(record, { kind: 'approve', standing: standing(by), fingerprint: record.fingerprint ?? '', via: 'slack', reason: '' }, at),
  );
}

/** Keeps anybody from writing into a table of the store until released. */
async function freeze(storeUrl: string, table: string): Promise<() => Promise<void>> {
  const client = new Client({ connectionString: storeUrl });
  client.on('error', () => {});
  await client.connect();
  closing.push(() => client.end());
  await client.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`);
  return async () => {
    await client.query('COMMIT');
  };
}

describe('an executor that is killed', () => {
  it('before the step: nothing was done, and nothing is done later', { timeout: 40_000 }, async () => {
    const { storeUrl, database, requests, record, state, alive, approve, settings } = await world();
    const first = await startExecutor({ settings, storeUrl, database });
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    const thaw = await freeze(storeUrl, 'journal');
    await approve();
    await until(async () => (await state()) === 'executing', 'the start');
    await first.kill();
    await thaw();
    await startExecutor({ settings, storeUrl, database, instance: 'executor-2' });
    await until(async () => (await state()) === 'failed', 'the settlement');
    expect((await requests.find(record.id))?.outcome).toContain('Nothing was changed');
    expect(await alive()).toBe(true);
  });

  it('before the far side heard of the step: it is read back as not done', { timeout: 40_000 }, async () => {
    const { storeUrl, database, state, alive, approve, settings } = await world();
    const proxy = await startProxy(database.fixUrl, 'pg_terminate_backend');
    proxy.mode = 'lose-question';
    const first = await startExecutor({ settings, storeUrl, database, fixUrl: proxy.url });
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    await approve();
    await until(() => proxy.seen, 'the step');
    await first.kill();
    await startExecutor({ settings, storeUrl, database, instance: 'executor-2' });
    await until(async () => (await state()) === 'failed', 'the settlement', 30_000);
    expect(await alive()).toBe(true);
  });

  it('after the step, before its answer: it is read back as done, once, and verified', { timeout: 40_000 }, async () => {
    const { store, storeUrl, database, state, alive, approve, settings } = await world();
    const proxy = await startProxy(database.fixUrl, 'pg_terminate_backend');
    proxy.mode = 'lose-answer';
    const first = await startExecutor({ settings, storeUrl, database, fixUrl: proxy.url });
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    await approve();
    await until(async () => !(await alive()), 'the end of the session');
    await first.kill();
    await startExecutor({ settings, storeUrl, database, instance: 'executor-2' });
    await until(async () => (await state()) === 'fixed', 'the settlement', 30_000);
    const { rows } = await store.query<{ executor: string; result: { kind: string } }>('SELECT executor, result FROM journal');
    expect(rows).toMatchObject([{ executor: 'executor-1', result: { kind: 'done' } }]);
    expect((await verifyAuditChain(store)).fault).toBeNull();
  });

  it('while it verifies: another one goes on', { timeout: 40_000 }, async () => {
    const { storeUrl, database, requests, record, state, approve, settings } = await world();
    const other = await database.session();
    await other.client.query("BEGIN; UPDATE jobs SET state = 'w' WHERE id = 2");
    const waiter = await database.session();
    const waiting = waiter.client.query("UPDATE jobs SET state = 'v' WHERE id = 2");
    waiting.catch(() => {}); // awaited below, where the test gets that far
    const first = await startExecutor({ settings, storeUrl, database });
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    await approve();
    await until(async () => ((await requests.find(record.id))?.verification?.readings.length ?? 0) > 0, 'a first reading');
    await first.kill();
    await startExecutor({ settings, storeUrl, database, instance: 'executor-2' });
    await other.client.query('COMMIT');
    await waiting;
    await until(async () => (await state()) === 'fixed', 'the verdict', 30_000);
  });

  it('in good order lets go at once', { timeout: 40_000 }, async () => {
    const { storeUrl, database, requests, record, state, settings } = await world();
    const first = await startExecutor({ settings, storeUrl, database });
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    expect(await first.terminate()).toBe(0);
    await approveOnly(requests, record.id); // nobody wakes the next one
    await startExecutor({ settings, storeUrl, database, instance: 'executor-2' });
    await until(async () => (await state()) === 'fixed', 'a sweeper that finds it', 30_000);
  });
});

describe('two executors', () => {
  it('carry a request out once', { timeout: 40_000 }, async () => {
    const { store, storeUrl, database, state, approve, settings } = await world();
    await Promise.all(
      ['executor-1', 'executor-2', 'executor-3'].map((instance) => startExecutor({ settings, storeUrl, database, instance })),
    );
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    await approve();
    await until(async () => (await state()) === 'fixed', 'the verdict', 30_000);
    const { rows } = await store.query<{ event: string }>('SELECT event FROM audit ORDER BY sequence');
    expect(rows.map(({ event }) => event)).toEqual(['requested', 'planned', 'approved', 'started', 'executed', 'verified']);
  });
});
