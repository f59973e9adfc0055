import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { sampleOnce, startSampler } from '../../src/bot/sampler.ts';
import type { Store } from '../../src/store/pool.ts';
import { recentStatementSamples } from '../../src/store/statement-samples.ts';
import { createStore } from '../support/store.ts';

const log = pino({ level: 'silent' });

async function readings(store: Store): Promise<unknown[]> {
  return (await store.query('SELECT reading FROM statement_samples ORDER BY taken_at')).rows.map(({ reading }) => reading);
}

describe('sampling the statement statistics', () => {
  it('is done by one worker at a time, and no more often than asked for', async () => {
    const { store } = await createStore();
    let reads = 0;
    const options = {
      store,
      everySeconds: 30,
      read: async () => {
        reads += 1;
        await sleep(100);
        return { takenAt: new Date(), reading: { reads } };
      },
      log,
      now: () => new Date(),
    };
    await Promise.all([sampleOnce(options, 'production'), sampleOnce(options, 'production'), sampleOnce(options, 'staging')]);
    await sampleOnce(options, 'production');
    expect(reads).toBe(2);
    expect(await readings(store)).toHaveLength(2);
  });

  it('goes on when a target cannot be read, and samples the others', async () => {
    const { store } = await createStore();
    const sampler = startSampler({
      store,
      targets: ['broken', 'absent', 'production'],
      everySeconds: 1,
      read: async (target) => {
        if (target === 'broken') throw new Error('no route');
        return target === 'absent' ? null : { takenAt: new Date(), reading: target };
      },
      log,
      now: () => new Date(),
    });
    await expect.poll(async () => (await readings(store)).length).toBeGreaterThanOrEqual(2);
    await sampler.stop();
    expect(new Set(await readings(store))).toEqual(new Set(['production']));
  });

  it('keeps readings for those who compare, the youngest first', async () => {
    const { store } = await createStore();
    const now = new Date();
    const ago = (seconds: number) => new Date(now.getTime() - seconds * 1_000);
    for (const seconds of [90, 40, 20, 5]) {
      const options = {
        store,
        everySeconds: 1,
        log,
        now: () => ago(seconds),
        read: async () => ({ takenAt: ago(seconds), reading: seconds }),
      };
      await sampleOnce(options, 'production');
    }
    expect((await recentStatementSamples(store, 'production', ago(60))).map(({ reading }) => reading)).toEqual([5, 20, 40]);
    expect(await recentStatementSamples(store, 'staging', ago(60))).toEqual([]);
  });
});
