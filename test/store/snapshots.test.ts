import { describe, expect, it } from 'vitest';
import type { Snapshot } from '../../src/diagnostics/snapshot.ts';
import { findSnapshot, saveSnapshot } from '../../src/store/snapshots.ts';
import { createStore } from '../support/store.ts';

const snapshot: Snapshot = {
  deployment: null,
  autoscaler: null,
  hasAutoscaler: false,
  statements: [{ query: 'SELECT ?', meanMs: 2 }],
  signingKeyVersion: 4,
};
const at = (minute: number) => new Date(Date.UTC(2026, 10, 23, 12, minute));

describe('snapshots of healthy runs', () => {
  it('are found by target, the youngest of the topic or of everything', async () => {
    const { store } = await createStore();
    await saveSnapshot(store, { target: 'production', topic: 'auto', at: at(1), snapshot });
    await saveSnapshot(store, { target: 'production', topic: 'latency', at: at(2), snapshot });
    await saveSnapshot(store, { target: 'staging', topic: 'auto', at: at(3), snapshot });
    expect(await findSnapshot(store, 'production', 'latency')).toEqual({ at: at(2), snapshot });
    expect((await findSnapshot(store, 'production', 'vault'))?.at).toEqual(at(1));
    expect(await findSnapshot(store, 'nowhere', 'auto')).toBeNull();
  });

  it('are kept in a bounded number', async () => {
    const { store } = await createStore();
    for (let minute = 0; minute < 25; minute++)
      await saveSnapshot(store, { target: 'production', topic: 'auto', at: at(minute), snapshot });
    const { rows } = await store.query('SELECT count(*)::int AS kept, max(taken_at) AS newest FROM snapshots');
    expect(rows).toEqual([{ kept: 20, newest: at(24) }]);
  });

  it('of a shape that is no longer known are as good as none', async () => {
    const { store } = await createStore();
    await store.query("INSERT INTO snapshots VALUES ('production', 'auto', now(), '{\"old\": true}')");
    expect(await findSnapshot(store, 'production', 'auto')).toBeNull();
  });
});
