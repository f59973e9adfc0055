import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { startAnchors } from '../../src/bot/anchor.ts';
import { forgetOnce } from '../../src/bot/retention.ts';
import { drawRequest } from '../../src/slack/request-view.ts';
import { appendAudit } from '../../src/store/audit.ts';
import { verifyAuditChain } from '../../src/store/audit-chain.ts';
import { type Store, transaction } from '../../src/store/pool.ts';
import { openRequests } from '../../src/store/requests.ts';
import { submitSignature } from '../../src/store/signatures.ts';
import { openRequest } from '../remediations/approvals/records.ts';
import { addRun } from '../support/fix-world.ts';
import { until } from '../support/service-database.ts';
import { createStore } from '../support/store.ts';

const DAY_MS = 86_400_000;
const add = (store: Store, at = new Date()) =>
  transaction(store, (db) =>
    appendAudit(db, { at, event: 'frozen', actor: 'U1', requestId: null, target: null, fingerprint: null, details: {} }),
  );

describe('the anchor of the audit trail', () => {
  it('is posted once a day to the channel and the log, however many bots run, and verifies', async () => {
    const { store } = await createStore();
    const lines: string[] = [];
    const log = pino({ level: 'info' }, { write: (line: string) => lines.push(line) });
    let today = new Date('2026-11-26T00:00:05Z');
    const round = async (anchors: number) => {
      const loops = [1, 2, 3].map(() => startAnchors({ store, channel: 'C1', log, now: () => today }));
      await Promise.all(loops.map((loop) => loop.stop()));
      expect((await store.query('SELECT 1 FROM audit_anchors')).rows).toHaveLength(anchors);
    };
    await round(0); // nothing to anchor
    await add(store);
    await round(1);
    await round(1); // started again on the same day
    today = new Date('2026-11-27T00:00:05Z');
    await round(2);
    await until(async () => lines.filter((line) => line.includes('"hash"')).length === 2, 'two lines in the log');
    const { rows } = await store.query<{ text: string }>("SELECT text FROM messages WHERE channel = 'C1' ORDER BY sequence");
    const hashes = rows.map(({ text }) => /head `([0-9a-f]{64})`/.exec(text)?.[1] ?? '');
    expect(hashes).toHaveLength(2);
    expect(lines.join('')).toContain(hashes[0]);
    expect(await verifyAuditChain(store, hashes)).toMatchObject({ fault: null, missingAnchors: [] });
    expect((await verifyAuditChain(store, ['f'.repeat(64)])).missingAnchors).toHaveLength(1);
  });
});

describe('retention', () => {
  const retention = { evidenceDays: 30, auditDays: 365 };
  const log = pino({ level: 'silent' });
  const age = (store: Store, days: number) =>
    store.query(
      `UPDATE runs SET finished_at = now() - interval '${days} days'; UPDATE messages SET updated_at = now() - interval '${days} days';
       UPDATE requests SET updated_at = now() - interval '${days} days'; UPDATE threads SET created_at = now() - interval '${days} days'`,
    );
  const OF_REQUESTS = ['signatures', 'baselines'];
  const left = async (store: Store) => {
    const counts: Record<string, number> = {};
    for (const table of [...['runs', 'messages', 'requests', 'threads', 'decisions'], ...OF_REQUESTS, ...['unsealings', 'issues', 'pages']])
      counts[table] = (await store.query(`SELECT FROM ${table}`)).rowCount ?? 0;
    return counts;
  };
  const world = async () => {
    const { store } = await createStore();
    const { runId } = await addRun(store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' }); // with nothing but its report
    await store.query("UPDATE runs SET topic = 'api' WHERE id = $1", [runId]);
    const { runId: fixed } = await addRun(store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
    for (const thread of [runId, fixed])
      await store.query(
        "INSERT INTO unsealings (thread_id, target, state, servers, began_at, deadline_at) VALUES ($1, 'production', 'unsealed', '[]', now(), now())",
        [thread],
      );
    await store.query(
      `INSERT INTO issues (thread_id, repository, visibility, title, body, labels, asked_by, asked_at)
       VALUES ($1, 'a/b', 'private', 't', 'b', '[]', 'U1', now())`,
      [runId],
    );
    await store.query(
      `INSERT INTO pages (key, thread_id, summary, people, until, call, asked_by)
       VALUES ($1::uuid::text, $1::uuid, 's', '[]', 'ended', '{"severity": "error", "link": null, "details": {}}', 'U1')`,
      [runId],
    );
    const requests = openRequests(store, drawRequest);
    const record = openRequest('R2', { id: randomUUID(), thread: fixed, run: fixed, state: 'fixed' });
    await requests.create(record, { event: 'requested', actor: 'U1', details: {} }, new Date());
    await submitSignature(store, { id: randomUUID(), requestId: record.id, statement: 's', signature: 's' });
    await store.query("INSERT INTO baselines (request_id, topic, report, taken_at) VALUES ($1, 'auto', '{}', now())", [record.id]);
    return { store, requests, record };
  };

  it('leaves alone what is young', async () => {
    const { store } = await world();
    await age(store, 29);
    const before = await left(store);
    await forgetOnce({ store, retention, log, now: () => new Date() });
    expect(await left(store)).toEqual(before);
  });

  it('forgets reports and messages, and keeps requests as long as the audit trail speaks of them', async () => {
    const { store, requests, record } = await world();
    await age(store, 31);
    await forgetOnce({ store, retention, log, now: () => new Date() });
    expect(await left(store)).toMatchObject({ runs: 0, messages: 2, requests: 1, threads: 1, unsealings: 1, issues: 0, pages: 0 }); // the request and its root
    await requests.redraw(record.id); // what is left can still be drawn
    await age(store, 366);
    await forgetOnce({ store, retention, log, now: () => new Date() });
    expect(await left(store)).toMatchObject({ runs: 0, messages: 0, requests: 0, threads: 0, unsealings: 0, signatures: 0, baselines: 0 });
  });

  it('never forgets a request that is not over', async () => {
    const { store } = await world();
    await store.query("UPDATE requests SET state = 'awaiting-approval'");
    await age(store, 400);
    await forgetOnce({ store, retention, log, now: () => new Date() });
    expect(await left(store)).toMatchObject({ requests: 1, threads: 1 });
  });

  it('cuts the audit trail so that it still verifies, and writes down what went', async () => {
    const { store } = await createStore();
    for (const days of [400, 390, 1]) await add(store, new Date(Date.now() - days * DAY_MS));
    await forgetOnce({ store, retention, log, now: () => new Date() });
    expect(await verifyAuditChain(store)).toMatchObject({ first: 3, fault: null, rows: 3 });
  });
});
