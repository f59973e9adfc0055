import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { draws } from '../../sandbox/random.ts';
import { startVault, type Vault } from '../../sandbox/vault/vault.ts';
import { afterLook } from '../../src/bot/unsealing.ts';
import { startUnsealingWatch, type UnsealingWatchOptions, watchOnce } from '../../src/bot/unsealing-watch.ts';
import { type SealOfServer, sealsOf } from '../../src/diagnostics/evidence/vault-seal.ts';
import { showRun } from '../../src/slack/run-view.ts';
import type { Store } from '../../src/store/pool.ts';
import { startRun, updateRun } from '../../src/store/runs.ts';
import { findUnsealing, type Unsealing } from '../../src/store/unsealings.ts';
import { vaultClients } from '../diagnostics/support/vault.ts';
import { lockReport } from '../support/reports.ts';
import { createStore } from '../support/store.ts';

const began = new Date('2026-11-23T02:00:00Z');
const seal = (change: Partial<SealOfServer> = {}): SealOfServer => ({
  ...{ address: 'https://vault-0:8200', answered: true, initialized: true, sealed: true, type: 'shamir' },
  ...{ threshold: 3, shares: 5, progress: 0, version: '1.19.5' },
  ...change,
});
const silent = (address: string) => ({ address, answered: false as const, message: 'no answer' });
const start: Unsealing = {
  ...{ threadId: randomUUID(), target: 'production', state: 'watching', servers: [], endedAt: null },
  ...{ beganAt: began, deadlineAt: new Date('2026-11-23T06:00:00Z') },
};
const later = (minutes: number) => new Date(began.getTime() + minutes * 60_000);

describe('an unsealing after another look', () => {
  const one = afterLook(start, [seal({ progress: 2 }), seal({ address: 'b', sealed: false })], later(1));

  it('goes on while a server is sealed, and knows its progress', () => {
    expect(one).toMatchObject({ state: 'watching', servers: [{ progress: 2 }, { sealed: false }] });
  });

  it('ends where all are unsealed, and not while one does not answer', () => {
    const open = seal({ sealed: false });
    expect(afterLook(one, [open, silent('b')], later(2))).toMatchObject({
      state: 'watching',
      servers: [{ sealed: false }, { sealed: false, answers: false }],
    });
    expect(afterLook(one, [open, seal({ address: 'b', sealed: false })], later(3))).toMatchObject({ state: 'unsealed', endedAt: later(3) });
    expect(afterLook(one, [seal({ sealed: false, initialized: false })], later(3)).state).toBe('watching');
    expect(afterLook(one, [], later(3)).state).toBe('watching');
  });

  it('remembers what a server that falls silent said last', () => {
    expect(afterLook(one, [silent('https://vault-0:8200')], later(2)).servers).toMatchObject([
      { answers: false, sealed: true, progress: 2, threshold: 3 },
    ]);
  });

  it('is given up at the deadline, and not before', () => {
    expect(afterLook(one, [seal()], later(239)).state).toBe('watching');
    expect(afterLook(one, [seal()], later(240))).toMatchObject({ state: 'given-up', endedAt: later(240) });
  });
});

describe('following an unsealing', () => {
  let vault: Vault;
  beforeAll(async () => {
    vault = await startVault(draws(7));
  });
  afterEach(() => vault.levers.restore());
  afterAll(() => vault.close());

  const watch = (store: Store, change: Partial<UnsealingWatchOptions> = {}): UnsealingWatchOptions => {
    const clients = vaultClients(vault.addresses.join(','), 10_000);
    return {
      store,
      settings: { unsealPollSeconds: 1, unsealWatchSeconds: 14_400 },
      readSeal: () => sealsOf({ clients, signal: AbortSignal.timeout(10_000) }),
      log: pino({ level: 'silent' }),
      now: () => new Date(),
      ...change,
    };
  };

  /** A finished run that concluded a cause, in a thread of its own or in one that is there. */
  async function addRun(store: Store, cause: string, thread?: string, certainty: 'confirmed' | 'possible' = 'confirmed'): Promise<string> {
    const id = randomUUID();
    const asked = {
      topic: 'vault',
      target: 'production',
      channel: 'C1SUPPORT',
      requestedBy: 'U1',
      triggerId: null,
      question: {},
      responseUrl: null,
    };
    const { run } = await startRun(store, { id, ...asked, ...(thread === undefined ? {} : { threadId: thread }) });
    const base = lockReport();
    const [root, ...others] = base.diagnoses;
    if (root === undefined) throw new Error('the sample report has no diagnosis');
    const report = { ...base, diagnoses: [{ ...root, cause, certainty }, ...others] };
    await updateRun(store, id, { status: 'done', report, finishedAt: new Date() });
    await showRun(store, run);
    return run.threadId;
  }

  const messages = async (store: Store): Promise<string[]> =>
    (await store.query<{ text: string }>("SELECT text FROM messages WHERE key LIKE 'unsealing:%' ORDER BY sequence")).rows.map(
      ({ text }) => text,
    );

  /** What somebody who holds a share runs. */
  const operator = (server: number, share: number) =>
    fetch(`${vault.addresses[server]}/v1/sys/unseal`, { method: 'POST', body: JSON.stringify({ key: `sandbox-key-share-${share}` }) });

  it('shows the progress of holders of shares, and closes when every server is unsealed', async () => {
    const { store } = await createStore();
    vault.levers.seal([0, 1]);
    await addRun(store, 'vault.sealed');
    const options = watch(store);
    await watchOnce(options);
    expect(await messages(store)).toEqual(['2 of 3 servers of Vault of production are sealed.']);
    for (const share of [1, 2, 2]) await operator(0, share);
    await watchOnce(options);
    const { rows } = await store.query<{ blocks: unknown }>("SELECT blocks FROM messages WHERE key LIKE 'unsealing:%'");
    expect(JSON.stringify(rows)).toContain('2 of the 3 key shares');
    await operator(0, 3);
    await watchOnce(options);
    expect(await messages(store)).toEqual(['1 of 3 servers of Vault of production is sealed.']);
    for (const share of [1, 4, 5]) await operator(1, share);
    await watchOnce(options);
    expect(await messages(store)).toEqual([expect.stringMatching(/^Vault of production is unsealed: all 3 servers, after /)]);
  });

  it('has one message in a thread, whatever runs and workers there are', async () => {
    const { store } = await createStore();
    vault.levers.seal([0, 1, 2]);
    const thread = await addRun(store, 'vault.sealed');
    await Promise.all([watchOnce(watch(store)), watchOnce(watch(store)), watchOnce(watch(store))]);
    await addRun(store, 'vault.sealed', thread);
    await watchOnce(watch(store));
    expect(await messages(store)).toHaveLength(1);
    const unsealing = await findUnsealing(store, thread, 'production');
    await watchOnce(watch(store));
    expect(await findUnsealing(store, thread, 'production')).toEqual(unsealing);
  });

  it('goes on in another process, and begins anew where Vault is found sealed again', async () => {
    const { store } = await createStore();
    vault.levers.seal([2]);
    const thread = await addRun(store, 'vault.sealed');
    await watchOnce(watch(store));
    await vault.levers.restore();
    const other = startUnsealingWatch(watch(store));
    await expect.poll(async () => (await findUnsealing(store, thread, 'production'))?.state).toBe('unsealed');
    await other.stop();
    vault.levers.seal([0]);
    await addRun(store, 'vault.sealed', thread);
    await watchOnce(watch(store));
    expect(await messages(store)).toEqual(['1 of 3 servers of Vault of production is sealed.']);
  });

  it('follows nothing where Vault is not sealed for sure, nor an old run', async () => {
    const { store } = await createStore();
    await addRun(store, 'vault.secret_missing');
    await addRun(store, 'vault.sealed', undefined, 'possible');
    await watchOnce(watch(store));
    await addRun(store, 'vault.sealed');
    await watchOnce(watch(store, { now: () => new Date(Date.now() + 3_600_000) }));
    expect(await messages(store)).toEqual([]);
  });

  it('gives up at the deadline, also where Vault cannot be asked any more', async () => {
    const { store } = await createStore();
    vault.levers.seal([0]);
    const thread = await addRun(store, 'vault.autounseal_broken');
    await watchOnce(watch(store));
    await watchOnce(watch(store, { readSeal: async () => null, now: () => new Date(Date.now() + 14_401_000) }));
    expect((await findUnsealing(store, thread, 'production'))?.state).toBe('given-up');
  });
});
