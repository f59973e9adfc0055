import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { migrate } from '../../src/store/migrate.ts';
import { type Store, transaction } from '../../src/store/pool.ts';
import { findRun, listThreadRuns, type NewRun, startRun, updateRun } from '../../src/store/runs.ts';
import { claimThread, findThread } from '../../src/store/threads.ts';
import { createStore } from '../support/store.ts';

function newRun(given: Partial<NewRun> = {}): NewRun {
  const asked = { topic: 'latency', target: 'production', channel: 'C0123456789', requestedBy: 'U1', question: {}, responseUrl: null };
  return { id: randomUUID(), triggerId: randomUUID(), ...asked, ...given };
}

const start = (store: Store, run: NewRun, shareSeconds = 0) => transaction(store, (client) => startRun(client, run, shareSeconds));

describe('migrations', () => {
  it('can be run again without a change', async () => {
    const { url } = await createStore();
    expect(await migrate(url, { info: () => {}, warn: () => {}, error: () => {} })).toEqual([]);
  });
});

describe('starting a run', () => {
  it('opens a thread of its own', async () => {
    const { store } = await createStore();
    const asked = newRun();
    const { kind, run } = await start(store, asked);
    expect(kind).toBe('started');
    expect(run).toMatchObject({ id: asked.id, threadId: asked.id, status: 'queued', attempts: 0, report: null, previousRunId: null });
    expect(await findThread(store, asked.id)).toMatchObject({ channel: asked.channel, requestedBy: 'U1', owner: null });
  });

  it('starts one run for one interaction, however often Slack delivers it', async () => {
    const { store } = await createStore();
    const asked = newRun();
    await start(store, asked);
    await updateRun(store, asked.id, { status: 'done' });
    const again = await start(store, { ...asked, id: randomUUID() });
    expect([again.kind, again.run.id]).toEqual(['repeated', asked.id]);
  });

  it('points to the run that answers the same question, also when two people ask at the same moment', async () => {
    const { store } = await createStore();
    const results = await Promise.all([1, 2, 3, 4].map(() => start(store, newRun())));
    expect(results.map(({ kind }) => kind).sort()).toEqual(['active', 'active', 'active', 'started']);
    expect(new Set(results.map(({ run }) => run.id)).size).toBe(1);
    const { rows } = await store.query('SELECT count(*)::int AS count FROM threads');
    expect(rows).toEqual([{ count: 1 }]);
  });

  it('points to the answer that is no older than it may be, whoever asks; a thread of its own looks again', async () => {
    const { store } = await createStore();
    const first = newRun();
    await start(store, first);
    await updateRun(store, first.id, { status: 'done', finishedAt: new Date() });
    const again = await start(store, newRun({ requestedBy: 'U2' }), 10);
    expect([again.kind, again.run.id]).toEqual(['recent', first.id]);
    expect((await start(store, newRun({ threadId: first.id }), 10)).kind).toBe('started');
    await updateRun(store, first.id, { finishedAt: new Date(Date.now() - 11_000) });
    expect((await start(store, newRun({ channel: 'C9876543210' }), 10)).kind).toBe('started');
    expect((await start(store, newRun({ target: 'staging' }), 10)).kind).toBe('started');
  });

  it('takes what is added to a topic for another question', async () => {
    const { store } = await createStore();
    const pod = { pod: 'hotswap-api-7d9f-x2x', sinceSeconds: 1_800 };
    expect((await start(store, newRun({ question: pod }))).kind).toBe('started');
    expect((await start(store, newRun())).kind).toBe('started');
    const same = await start(store, newRun({ question: { sinceSeconds: 1_800, pod: pod.pod } }));
    expect(same).toMatchObject({ kind: 'active', run: { question: pod } });
  });

  it('runs at once for another target, another channel, or when the earlier one has ended', async () => {
    const { store } = await createStore();
    const first = newRun();
    await start(store, first);
    expect((await start(store, newRun({ target: 'staging' }))).kind).toBe('started');
    expect((await start(store, newRun({ channel: 'C9876543210' }))).kind).toBe('started');
    await updateRun(store, first.id, { status: 'failed' });
    expect((await start(store, newRun())).kind).toBe('started');
  });

  it('goes on in the same thread and knows the run before it', async () => {
    const { store } = await createStore();
    const first = newRun();
    await start(store, first);
    await updateRun(store, first.id, { status: 'done', finishedAt: new Date() });
    const { run } = await start(store, newRun({ threadId: first.id }));
    expect(run).toMatchObject({ threadId: first.id, previousRunId: first.id });
    expect((await listThreadRuns(store, first.id)).map(({ id }) => id)).toEqual([first.id, run.id]);
  });
});

describe('a run in the store', () => {
  it('keeps its progress and gives unknown ids as null', async () => {
    const { store } = await createStore();
    const asked = newRun();
    await start(store, asked);
    const progress = [{ id: 'pg.locks', title: 'Locks', status: 'complete', detail: '3 sessions wait' } as const];
    await updateRun(store, asked.id, { status: 'running', progress, notice: 'taken-over', attempts: 2 });
    expect(await findRun(store, asked.id)).toMatchObject({ status: 'running', progress, notice: 'taken-over', attempts: 2 });
    await updateRun(store, asked.id, { notice: null });
    expect(await findRun(store, asked.id)).toMatchObject({ notice: null, attempts: 2 });
    expect(await findRun(store, randomUUID())).toBeNull();
  });

  it('has one owner', async () => {
    const { store } = await createStore();
    const { run } = await start(store, newRun());
    const claims = await Promise.all(['U1', 'U2', 'U3'].map((user) => claimThread(store, run.threadId, user)));
    expect(claims.filter(Boolean)).toHaveLength(1);
  });
});
