import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decide } from '../../src/remediations/approvals/decide.ts';
import type { RequestRecord } from '../../src/remediations/approvals/record.ts';
import { drawRequest } from '../../src/slack/request-view.ts';
import { approvedBy } from '../../src/store/approvals.ts';
import { listAudit } from '../../src/store/audit.ts';
import { verifyAuditChain } from '../../src/store/audit-chain.ts';
import { beginFreeze } from '../../src/store/freezes.ts';
import { beginStep, endStep, listSteps } from '../../src/store/journal.ts';
import { releaseLocks, takeLock } from '../../src/store/locks.ts';
import { listCarriedOut, openRequests } from '../../src/store/requests.ts';
import { openRequest, standing } from '../remediations/approvals/records.ts';
import { addRun } from '../support/fix-world.ts';
import { until } from '../support/service-database.ts';
import { createStore } from '../support/store.ts';

async function world() {
  const { store } = await createStore();
  const { runId } = await addRun(store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
  const drawn: RequestRecord[] = [];
  const requests = openRequests(store, async (_, record) => {
    drawn.push(record);
  });
  const add = async (change: Partial<RequestRecord> = {}) => {
    const record = openRequest('R3', {
      id: randomUUID(),
      thread: runId,
      run: runId,
      expiresAt: new Date(Date.now() + 60_000).toISOString(),
      ...change,
    });
    await requests.create(record, { event: 'requested', actor: record.requester, details: { reason: 'ä "quoted" \u2028' } }, new Date());
    return record;
  };
  return { store, requests, add, drawn };
}

describe('requests', () => {
  it('count simultaneous approvals of two people as two, and of one as one', async () => {
    const { store, requests, add, drawn } = await world();
    const record = await add();
    const approve = (by: string) => {
      const at = new Date();
      return requests.change(record.id, at, (current) =>
        decide(current, { kind: 'approve', standing: standing(by), fingerprint: record.fingerprint ?? '', via: 'slack', reason: '' }, at),
      );
    };
    const outcomes = await Promise.all([approve('U1'), approve('U1'), approve('U2'), approve('U3'), approve('U2')]);
    expect(outcomes.filter(({ kind }) => kind === 'changed')).toHaveLength(2);
    const found = await requests.find(record.id);
    expect(found?.state).toBe('approved');
    expect(found?.decisions).toHaveLength(2);
    expect(await approvedBy(store, record.id, record.fingerprint ?? '')).toHaveProperty('size', 2);
    expect(drawn.at(-1)?.state).toBe('approved');
    expect((await verifyAuditChain(store)).fault).toBeNull();
  });

  it('are added to one thread by many at once, none of whom waits for another for ever', async () => {
    const { store } = await createStore();
    const { runId } = await addRun(store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
    const requests = openRequests(store, drawRequest);
    const create = () => {
      const record = openRequest('R3', { id: randomUUID(), thread: runId, run: runId });
      return requests.create(record, { event: 'requested', actor: record.requester, details: {} }, new Date());
    };
    const outcomes = await Promise.all(Array.from({ length: 6 }, create));
    expect(outcomes.every(({ kind }) => kind === 'changed')).toBe(true);
    expect(await requests.listOpen()).toHaveLength(6);
  });

  it('change nothing where something fails on the way', async () => {
    const { store, requests, add } = await world();
    const record = await add({ state: 'planning', plan: null, fingerprint: null });
    const at = new Date();
    const failing = requests.change(
      record.id,
      at,
      (current) => decide(current, { kind: 'nothing-to-do', reason: 'x' }, at),
      async () => {
        throw new Error('on purpose');
      },
    );
    await expect(failing).rejects.toThrow('on purpose');
    expect((await requests.find(record.id))?.state).toBe('planning');
    expect(await listAudit(store, record.id)).toHaveLength(1);
  });

  it('are in the hands of one executor at a time', async () => {
    const { requests, add } = await world();
    const { id } = await add();
    const taken = await Promise.all(['a', 'b', 'c'].map((owner) => requests.claim(id, owner, 60)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    const owner = ['a', 'b', 'c'][taken.indexOf(true)] ?? '';
    expect(await requests.claim(id, owner, 0.5)).toBe(true);
    await until(() => requests.claim(id, 'd', 60), 'the end of the lease');
    await requests.release(id, 'd');
    expect(await requests.keep(id, owner, 1)).toBe(false); // whoever slept meanwhile has lost it, though nobody has it now
  });
});

describe('the journal', () => {
  it('begins a step once and keeps its first result', async () => {
    const { store, requests, add } = await world();
    const { id: requestId } = await add();
    const begin = (executor: string, step = 0) =>
      beginStep(store, { requestId, step, verb: 'pg.terminate', intent: { pid: 1 }, mark: {}, executor, at: new Date() });
    await requests.claim(requestId, 'a', 0.05);
    expect(await begin('a')).toBe('taken'); // it does not run
    await store.query("UPDATE requests SET state = 'executing' WHERE id = $1", [requestId]);
    const begun = await Promise.all(['a', 'a', 'b', 'a'].map((executor) => begin(executor)));
    expect(begun.filter((one) => one === 'begun')).toHaveLength(1);
    await until(() => requests.claim(requestId, 'b', 15), 'the end of the lease');
    expect(await requests.keep(requestId, 'a', 15)).toBe(false);
    expect(await begin('a', 1)).toBe('taken'); // it was taken over
    expect(await begin('b', 1)).toBe('begun');
    await beginFreeze(store, { id: requestId, reason: '', by: 'U1', at: new Date() });
    expect(await begin('b', 2)).toBe('frozen');
    expect(await begin('b', 1)).toBe('taken');
    expect(await endStep(store, requestId, 0, { kind: 'done', text: 'first', facts: {} }, new Date())).toBe(true);
    expect(await endStep(store, requestId, 0, { kind: 'unknown', text: 'second', facts: {} }, new Date())).toBe(false);
    expect(await listSteps(store, requestId)).toMatchObject([
      { step: 0, result: { kind: 'done', text: 'first' } },
      { step: 1, result: null },
    ]);
  });
});

describe('locks', () => {
  it('bind one request at a time, until it is over or gives them back', async () => {
    const { store, requests, add } = await world();
    const first = await add({ state: 'approved' });
    const second = await add({ state: 'approved' });
    const take = (id: string) => takeLock(store, 'production', 'deployment:1', id);
    const holders = await Promise.all([take(first.id), take(second.id)]);
    expect(new Set(holders).size).toBe(1);
    const [holder = ''] = holders;
    const other = holder === first.id ? second.id : first.id;
    expect(await take(other)).toBe(holder);
    expect(await takeLock(store, 'staging', 'deployment:1', other)).toBe(other);
    const at = new Date();
    await requests.change(holder, at, (current) =>
      decide(current, { kind: 'refuse', refusal: { code: 'x', reason: 'y', mend: 'z', instead: null, overridable: [] } }, at),
    );
    expect(await take(other)).toBe(other);
    await releaseLocks(store, other);
    expect((await store.query('SELECT 1 FROM locks')).rowCount).toBe(0);
  });
});

describe('what was carried out', () => {
  it('is known of the thread for good, and of the target elsewhere as long as it rests', async () => {
    const { store, add } = await world();
    const now = Date.now();
    const ran = async (secondsAgo: number, change: Partial<RequestRecord> = {}) => {
      const { id } = await add(change);
      await store.query('UPDATE requests SET executed_at = $2 WHERE id = $1', [id, new Date(now - secondsAgo * 1_000)]);
      return id;
    };
    const { runId: other } = await addRun(store, { pid: 2, backendStart: '2026-11-23T10:00:00.000000Z' });
    const elsewhere = { thread: other, run: other };
    const here = await ran(5_000);
    const rests = await ran(60, elsewhere);
    await ran(5_000, elsewhere);
    await ran(60, { ...elsewhere, target: 'staging' });
    const { thread } = await add(); // not carried out
    const found = await listCarriedOut(store, { thread, target: 'production', since: new Date(now - 900_000) });
    expect(found.map(({ id }) => id)).toEqual([here, rests]);
  });
});
