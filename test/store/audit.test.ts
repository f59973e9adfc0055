import { Client } from 'pg';
import { describe, expect, it } from 'vitest';
import { appendAudit, searchAudit } from '../../src/store/audit.ts';
import { cutAudit, verifyAuditChain } from '../../src/store/audit-chain.ts';
import { type Store, transaction } from '../../src/store/pool.ts';
import { createStore } from '../support/store.ts';

const DAY_MS = 86_400_000;

async function add(store: Store, event: string, at = new Date(), actor = 'U1'): Promise<void> {
  await transaction(store, (db) =>
    appendAudit(db, { at, event, actor, requestId: null, target: null, fingerprint: null, details: { note: event } }),
  );
}

/** Does what only somebody can do who owns the table and turns its triggers off. */
async function tamper(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query('ALTER TABLE audit DISABLE TRIGGER ALL');
  await client.query(sql);
  await client.query('ALTER TABLE audit ENABLE TRIGGER ALL');
  await client.end();
}

describe('the audit trail', () => {
  it('refuses to be changed, even for the owner of the table', async () => {
    const { store } = await createStore();
    await add(store, 'frozen');
    for (const sql of ["UPDATE audit SET actor = 'x'", 'DELETE FROM audit', 'TRUNCATE audit'])
      await expect(store.query(sql), sql).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('append-only') });
    await expect(store.query("SET hotswap.cutting_audit = 'on'; DELETE FROM audit")).rejects.toMatchObject({ code: '42501' });
    expect((await verifyAuditChain(store)).rows).toBe(1);
  });

  it('is one chain, however many write at once', async () => {
    const { store } = await createStore();
    await Promise.all(Array.from({ length: 20 }, (_, index) => add(store, `event-${index}`)));
    expect(await verifyAuditChain(store)).toMatchObject({ rows: 20, first: 1, fault: null, head: { sequence: 20 } });
  });

  it.each([
    ['changed', "UPDATE audit SET actor = 'somebody else' WHERE sequence = 3", 3, 'changed'],
    ['taken out of the middle', 'DELETE FROM audit WHERE sequence = 3', 3, 'missing'],
    ['taken off the beginning', 'DELETE FROM audit WHERE sequence <= 2', 2, 'no entry audit-cut'],
    ['made up', "UPDATE audit SET previous_hash = repeat('a', 64) WHERE sequence = 4", 4, 'does not name the hash'],
  ])('says which row was %s', async (_, sql, sequence, reason) => {
    const { store, url } = await createStore();
    for (let index = 0; index < 5; index += 1) await add(store, `event-${index}`);
    await tamper(url, sql);
    expect((await verifyAuditChain(store)).fault).toEqual({ sequence, reason: expect.stringContaining(reason) });
  });

  it('needs an anchor to show that its end was taken away', async () => {
    const { store, url } = await createStore();
    for (let index = 0; index < 3; index += 1) await add(store, `event-${index}`);
    const anchor = (await verifyAuditChain(store)).head?.hash ?? '';
    expect((await verifyAuditChain(store, [anchor])).missingAnchors).toEqual([]);
    await tamper(url, 'DELETE FROM audit WHERE sequence = 3');
    expect(await verifyAuditChain(store, [anchor])).toMatchObject({ fault: null, missingAnchors: [anchor] });
  });

  it('loses its beginning to retention, and verifies from there on', async () => {
    const { store } = await createStore();
    const now = Date.now();
    for (const days of [400, 380, 370, 10, 0]) await add(store, `before-${days}`, new Date(now - days * DAY_MS));
    expect(await cutAudit(store, 365, 'retention', new Date())).toBe(3);
    expect(await verifyAuditChain(store)).toMatchObject({ rows: 3, first: 4, fault: null, head: { sequence: 6 } });
    expect(await cutAudit(store, 365, 'retention', new Date())).toBe(0);
    expect((await searchAudit(store, {}, 1))[0]).toMatchObject({ event: 'audit-cut', details: { through: 3, rows: 3 } });
    await expect(cutAudit(store, 1, 'retention', new Date())).rejects.toThrow('30 days');
  });

  it('shows a cut that nobody wrote down', async () => {
    const { store } = await createStore();
    for (const days of [400, 10]) await add(store, `before-${days}`, new Date(Date.now() - days * DAY_MS));
    await store.query("SELECT cut_audit('365 days')");
    expect((await verifyAuditChain(store)).fault?.reason).toContain('no entry audit-cut');
  });

  it('is searched by person, request and time, newest first', async () => {
    const { store } = await createStore();
    await add(store, 'old', new Date(Date.now() - 2 * DAY_MS));
    await add(store, 'mine');
    await add(store, 'theirs', new Date(), 'U2');
    const events = async (query: Parameters<typeof searchAudit>[1]) => (await searchAudit(store, query, 10)).map(({ event }) => event);
    expect(await events({})).toEqual(['theirs', 'mine', 'old']);
    expect(await events({ person: 'U1' })).toEqual(['mine', 'old']);
    expect(await events({ since: new Date(Date.now() - DAY_MS) })).toEqual(['theirs', 'mine']);
    expect(await events({ request: 'abc' })).toEqual([]);
  });
});
