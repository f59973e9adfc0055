import { describe, expect, it } from 'vitest';
import { isStoreUnavailable } from '../../src/store/errors.ts';
import { takeUpInteraction } from '../../src/store/interactions.ts';
import { listen } from '../../src/store/listen.ts';
import { exclusively, openStore, transaction } from '../../src/store/pool.ts';
import { beat, leave, liveInstances } from '../../src/store/processes.ts';
import { blockedSeconds, blockMethod, takeAllowance } from '../../src/store/slack-allowances.ts';
import { giveDatabaseBack, takeDatabaseAway } from '../support/database.ts';
import { createStore } from '../support/store.ts';

describe('a transaction', () => {
  it('leaves nothing behind when its work fails', async () => {
    const { store } = await createStore();
    const work = transaction(store, async (db) => {
      await takeUpInteraction(db, 'Ev1');
      throw new Error('changed my mind');
    });
    await expect(work).rejects.toThrow('changed my mind');
    expect(await takeUpInteraction(store, 'Ev1')).toBe(true);
    expect(await takeUpInteraction(store, 'Ev1')).toBe(false);
  });
});

describe('a store that goes away', () => {
  it('is told from a wrong statement, and works again when it is back', async () => {
    const { store, url } = await createStore();
    const wrong = await store.query('SELECT nonsense').catch((error: unknown) => error);
    expect(isStoreUnavailable(wrong)).toBe(false);
    await takeDatabaseAway(url);
    const away = await transaction(store, async (db) => db.query('SELECT 1')).catch((error: unknown) => error);
    expect(isStoreUnavailable(away)).toBe(true);
    await giveDatabaseBack(url);
    await expect
      .poll(() =>
        store.query('SELECT 1').then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
  });

  it('is unavailable where nothing listens', async () => {
    const store = openStore({ url: 'postgres://nobody@127.0.0.1:9/none', application: 'test', onError: () => {} });
    expect(isStoreUnavailable(await store.query('SELECT 1').catch((error: unknown) => error))).toBe(true);
    await store.end();
  });

  it('is listened to again after the connection broke', async () => {
    const { store } = await createStore();
    let heard = 0;
    const listener = listen(store, 'news', () => {
      heard += 1;
    });
    await expect.poll(() => heard).toBe(1);
    await store.query('NOTIFY news');
    await expect.poll(() => heard).toBe(2);
    await store.query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()");
    await expect.poll(() => heard).toBe(3);
    await store.query('NOTIFY news');
    await expect.poll(() => heard).toBe(4);
    await listener.stop();
  });
});

describe('work that one process may do at a time', () => {
  it('is left to whoever began it, and can be done again when that ends or fails', async () => {
    const { store } = await createStore();
    let finish = () => {};
    let begun = false;
    const first = exclusively(store, 'sampling', async () => {
      begun = true;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      return 'first';
    });
    await expect.poll(() => begun).toBe(true);
    expect(await exclusively(store, 'sampling', async () => 'second')).toBeUndefined();
    expect(await exclusively(store, 'other', async () => 'other')).toBe('other');
    finish();
    expect(await first).toBe('first');
    await expect(exclusively(store, 'sampling', () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await exclusively(store, 'sampling', async () => 'third')).toBe('third');
  });
});

describe('calls that Slack allows', () => {
  const allowance = { name: 'edit', capacity: 5, perSecond: 0.005, reserve: 0 };

  it('run out, leave a reserve for what is urgent, and say how long to wait', async () => {
    const { store } = await createStore();
    const modest = { ...allowance, reserve: 3 };
    const waits: number[] = [];
    for (let call = 0; call < 4; call += 1) waits.push(await takeAllowance(store, modest));
    expect(waits.slice(0, 2)).toEqual([0, 0]);
    expect(waits[3]).toBeGreaterThan(100);
    expect(waits[3]).toBeLessThanOrEqual(400);
    expect(await takeAllowance(store, allowance)).toBe(0);
  });

  it('are never more than there are, however many ask at once', async () => {
    const { store } = await createStore();
    await takeAllowance(store, allowance);
    const waits = await Promise.all(Array.from({ length: 12 }, () => takeAllowance(store, allowance)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(4);
  });

  it('stop for the method that Slack named, for as long as it said', async () => {
    const { store } = await createStore();
    await blockMethod(store, 'chat.update', 300);
    await blockMethod(store, 'chat.update', 5);
    expect(await blockedSeconds(store, 'chat.update')).toBeGreaterThan(250);
    expect(await blockedSeconds(store, 'chat.postMessage')).toBe(0);
  });
});

describe('processes', () => {
  it('are alive while they are heard of', async () => {
    const { store } = await createStore();
    await beat(store, 'worker-1', 'worker');
    await beat(store, 'worker-2', 'worker');
    await beat(store, 'bot-1', 'bot');
    expect(await liveInstances(store, 'worker', 5)).toEqual(['worker-1', 'worker-2']);
    await store.query("UPDATE processes SET seen_at = now() - interval '10 seconds' WHERE instance = 'worker-1'");
    expect(await liveInstances(store, 'worker', 5)).toEqual(['worker-2']);
    await leave(store, 'worker-2');
    expect(await liveInstances(store, 'worker', 5)).toEqual([]);
  });
});
