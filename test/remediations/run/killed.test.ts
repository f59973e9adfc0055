import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { verifyAuditChain } from '../../../src/store/audit-chain.ts';
import { endLeases, startExecutor } from '../../support/executor.ts';
import { startProxy } from '../../support/proxy.ts';
import { createRedisDatabase, redisAvailable } from '../../support/redis.ts';
import { until } from '../../support/service-database.ts';
import { startLocked } from '../support/locked.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close().catch(() => {});
});

const QUEUES = [
  { kind: 'postgres', redis: async () => undefined },
  ...(redisAvailable ? [{ kind: 'redis', redis: createRedisDatabase }] : []),
];

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
  it('before the step: nothing was done, and nothing is done later', async () => {
    const { store, storeUrl, database, requests, record, state, alive, approve, settings } = await startLocked();
    const first = await startExecutor({ settings, storeUrl, database });
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    const thaw = await freeze(storeUrl, 'journal');
    await approve();
    await until(async () => (await state()) === 'executing', 'the start');
    await first.kill();
    await endLeases(store);
    await thaw();
    await startExecutor({ settings, storeUrl, database, instance: 'executor-2' });
    await until(async () => (await state()) === 'failed', 'the settlement');
    expect((await requests.find(record.id))?.outcome).toContain('Nothing was changed');
    expect(await alive()).toBe(true);
  });

  it('before the far side heard of the step: it is read back as not done', async () => {
    const { store, storeUrl, database, state, alive, approve, settings } = await startLocked();
    const proxy = await startProxy(database.fixUrl, 'pg_terminate_backend');
    proxy.mode = 'lose-question';
    const first = await startExecutor({ settings, storeUrl, database, fixUrl: proxy.url });
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    await approve();
    await until(() => proxy.seen, 'the step');
    await first.kill();
    await endLeases(store);
    await startExecutor({ settings, storeUrl, database, instance: 'executor-2' });
    await until(async () => (await state()) === 'failed', 'the settlement');
    expect(await alive()).toBe(true);
  });

  it.each(QUEUES)(
    'after the step, before its answer, with its queue on $kind: it is read back as done, once, and verified',
    async ({ redis }) => {
      const { store, storeUrl, queue, database, state, alive, approve, settings } = await startLocked(await redis());
      const proxy = await startProxy(database.fixUrl, 'pg_terminate_backend');
      proxy.mode = 'lose-answer';
      const first = await startExecutor({ settings, storeUrl, queue, database, fixUrl: proxy.url });
      await until(async () => (await state()) === 'awaiting-approval', 'a plan');
      await approve();
      await until(async () => !(await alive()), 'the end of the session');
      await first.kill();
      await endLeases(store);
      await startExecutor({ settings, storeUrl, queue, database, instance: 'executor-2' });
      await until(async () => (await state()) === 'fixed', 'the settlement');
      const { rows } = await store.query<{ executor: string; result: { kind: string } }>('SELECT executor, result FROM journal');
      expect(rows).toMatchObject([{ executor: 'executor-1', result: { kind: 'done' } }]);
      expect((await verifyAuditChain(store)).fault).toBeNull();
    },
  );

  it('while it verifies: another one goes on', async () => {
    const { store, storeUrl, database, requests, record, state, approve, settings } = await startLocked();
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
    await endLeases(store);
    await startExecutor({ settings, storeUrl, database, instance: 'executor-2' });
    await other.client.query('COMMIT');
    await waiting;
    await until(async () => (await state()) === 'fixed', 'the verdict');
  });

  it('in good order lets go at once', async () => {
    const { storeUrl, database, approveOnly, state, settings } = await startLocked();
    const first = await startExecutor({ settings, storeUrl, database });
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    expect(await first.terminate()).toBe(0);
    await approveOnly(); // nobody wakes the next one
    await startExecutor({ settings, storeUrl, database, instance: 'executor-2' });
    await until(async () => (await state()) === 'fixed', 'a sweeper that finds it');
  });
});

describe('two executors', () => {
  it.each(QUEUES)('carry a request out once, with their queue on $kind', async ({ redis }) => {
    const { store, storeUrl, queue, database, state, approve, settings } = await startLocked(await redis());
    await Promise.all(
      ['executor-1', 'executor-2', 'executor-3'].map((instance) => startExecutor({ settings, storeUrl, queue, database, instance })),
    );
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    await approve();
    await until(async () => (await state()) === 'fixed', 'the verdict');
    const { rows } = await store.query<{ event: string }>('SELECT event FROM audit ORDER BY sequence');
    expect(rows.map(({ event }) => event)).toEqual(['requested', 'planned', 'approved', 'started', 'executed', 'verified']);
  });
});
