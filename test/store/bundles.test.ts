import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { address, arrive, block, breakOff, cancel, fail, pack, remove, share, takeUp } from '../../src/store/bundle-changes.ts';
import {
  ACTIVE_BUNDLE_STATES,
  type BundleChange,
  type BundleRecord,
  claimBundle,
  findActiveBundle,
  findBundle,
  insertBundle,
  keepBundle,
  listActiveBundles,
  updateBundle,
} from '../../src/store/bundles.ts';
import type { Store } from '../../src/store/pool.ts';
import { forgetOld } from '../../src/store/retention.ts';
import { createThread, findThread } from '../../src/store/threads.ts';
import { blankBundle, packedOf } from '../support/bundles.ts';
import { createStore } from '../support/store.ts';

const NOW = new Date('2026-11-26T03:00:00Z');

type Move = (bundle: BundleRecord) => BundleChange | null;

/** Everything that anybody may try at any time. */
const MOVES: Readonly<Record<string, Move>> = {
  takeUp: (bundle) => takeUp(bundle, 'w1'),
  takeUpByAnother: (bundle) => takeUp(bundle, 'w2'),
  pack: (bundle) => pack(bundle, 'w1', packedOf()),
  packByAnother: (bundle) => pack(bundle, 'w2', packedOf()),
  address: (bundle) => address(bundle, 'https://files.slack.test/upload/1', 'F1'),
  arrive: (bundle) => arrive(bundle, 'w1', NOW),
  arriveByAnother: (bundle) => arrive(bundle, 'w2', NOW),
  breakOff: (bundle) => breakOff(bundle, 'w1', 'Slack answered 503.', NOW),
  share,
  fail: (bundle) => fail(bundle, 'It broke.'),
  block: (bundle) => block(bundle, 'w1', 'a.log (rule x)', packedOf()),
  cancel: (bundle) => cancel(bundle, 'U1'),
  remove: (bundle) => remove(bundle, 'U1'),
};

describe('the life of a bundle', () => {
  it('is never begun twice, never leaves its worker by another, and keeps no address that nobody needs', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...Object.keys(MOVES)), { maxLength: 40 }), (names) => {
        let bundle = blankBundle();
        let over = false;
        for (const name of names) {
          const change = MOVES[name]?.(bundle) ?? null;
          if (change === null) continue;
          if (over) expect([bundle.state, name, change.state]).toEqual(['done', 'remove', 'removed']);
          const before = bundle;
          bundle = { ...bundle, ...change };
          if (before.worker !== null) expect(bundle.worker).toBe(before.worker);
          expect(bundle.uploadUrl !== null).toBe(bundle.state === 'uploading');
          expect(bundle.uploadAttempts).toBeLessThanOrEqual(5);
          if (['packed', 'uploading', 'uploaded', 'done', 'removed'].includes(bundle.state)) expect(bundle.sha256).not.toBeNull();
          over = !ACTIVE_BUNDLE_STATES.includes(bundle.state);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('gives an upload up after five that broke off, and says why', () => {
    let bundle = { ...blankBundle(), ...takeUp(blankBundle(), 'w1') };
    bundle = { ...bundle, ...pack(bundle, 'w1', packedOf()) };
    for (let upload = 1; upload <= 5; upload++) {
      bundle = { ...bundle, ...address(bundle, `https://files.slack.test/${upload}`, `F${upload}`) };
      bundle = { ...bundle, ...breakOff(bundle, 'w1', 'Slack answered 503.', NOW) };
    }
    expect(bundle).toMatchObject({ state: 'failed', uploadUrl: null });
    expect(bundle.failure).toContain('Slack answered 503.');
  });

  it('cannot be cancelled once Slack has the bytes, nor removed before it is in the thread', () => {
    expect(cancel({ ...blankBundle(), state: 'uploaded' }, 'U1')).toBeNull();
    expect(remove({ ...blankBundle(), state: 'uploaded' }, 'U1')).toBeNull();
  });
});

async function thread(store: Store): Promise<string> {
  const id = randomUUID();
  await createThread(store, { id, channel: 'C1SUPPORT', topic: null, target: 'production', requestedBy: 'U1' });
  return id;
}

const asked = (threadId: string, target = 'production') => ({
  ...{ id: randomUUID(), threadId, channel: 'C1SUPPORT', target, requestedBy: 'U1', sinceSeconds: 900 },
  told: { symptom: 'slow', since: 'noon', changes: '' },
});

describe('the store', () => {
  it('keeps what it is told, and one bundle of a target at a time', async () => {
    const { store } = await createStore();
    const threadId = await thread(store);
    const first = await insertBundle(store, asked(threadId));
    expect(first).toMatchObject({ state: 'asked', told: { symptom: 'slow' }, summary: null });
    await expect(insertBundle(store, asked(threadId))).rejects.toThrow(/bundles_active/);
    await insertBundle(store, asked(threadId, 'staging'));
    expect((await findActiveBundle(store, 'production'))?.id).toBe(first.id);
    const done = await updateBundle(store, first.id, {
      ...pack({ ...first, state: 'collecting', worker: 'w1' }, 'w1', packedOf()),
      state: 'done',
    });
    expect(await findBundle(store, first.id)).toEqual(done);
    expect(done.summary).toEqual(packedOf().summary);
    expect(await findActiveBundle(store, 'production')).toBeNull();
    await insertBundle(store, asked(threadId));
  });

  it('lets one process at a time see to a bundle that waits for the bot', async () => {
    const { store } = await createStore();
    const { id } = await insertBundle(store, asked(await thread(store)));
    expect(await claimBundle(store, ['packed'], 20)).toBeNull();
    await updateBundle(store, id, { state: 'packed' });
    const claims = await Promise.all([1, 2, 3].map(() => claimBundle(store, ['packed'], 20)));
    expect(claims.filter((claim) => claim !== null)).toHaveLength(1);
  });

  it('knows whether a worker holds a bundle, and gives the hold to nobody else', async () => {
    const { store } = await createStore();
    const { id } = await insertBundle(store, asked(await thread(store)));
    await updateBundle(store, id, { state: 'collecting', worker: 'w1' });
    expect(await keepBundle(store, id, 'w2', 60)).toBeNull();
    await keepBundle(store, id, 'w1', 60);
    expect((await listActiveBundles(store)).map(({ leased }) => leased)).toEqual([true]);
    await store.query("UPDATE bundles SET lease_until = now() - interval '1 second'");
    expect((await listActiveBundles(store)).map(({ leased }) => leased)).toEqual([false]);
  });

  it('forgets a bundle that is over with its thread, and no other', async () => {
    const { store } = await createStore();
    const [old, young, open] = [await thread(store), await thread(store), await thread(store)];
    const ended = await insertBundle(store, asked(old));
    await updateBundle(store, ended.id, { state: 'done' });
    const kept = await insertBundle(store, asked(young));
    await updateBundle(store, kept.id, { state: 'cancelled' });
    const active = await insertBundle(store, asked(open));
    await store.query("UPDATE threads SET created_at = now() - interval '40 days'");
    await store.query("UPDATE bundles SET updated_at = now() - interval '40 days' WHERE id <> $1", [kept.id]);
    await forgetOld(store, { evidenceDays: 30, requestDays: 90 });
    expect(await findBundle(store, ended.id)).toBeNull();
    expect(await findThread(store, old)).toBeNull();
    for (const [bundle, threadId] of [[kept, young] as const, [active, open] as const]) {
      expect(await findBundle(store, bundle.id)).not.toBeNull();
      expect(await findThread(store, threadId)).not.toBeNull();
    }
  });
});
