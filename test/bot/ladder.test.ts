import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { climbOnce } from '../../src/bot/ladder.ts';
import { sendPages } from '../../src/bot/pager.ts';
import { connectPagerDuty } from '../../src/clients/pagerduty.ts';
import { decide } from '../../src/remediations/approvals/decide.ts';
import { DEFAULT_POLICY, withApprovers } from '../../src/remediations/approvals/policy.ts';
import type { RequestRecord } from '../../src/remediations/approvals/record.ts';
import { drawRequest } from '../../src/slack/request-view.ts';
import { listAudit } from '../../src/store/audit.ts';
import type { Store } from '../../src/store/pool.ts';
import { openRequests } from '../../src/store/requests.ts';
import { openRequest, samplePlan } from '../remediations/approvals/records.ts';
import { addRun } from '../support/fix-world.ts';
import { createStore } from '../support/store.ts';

const log = pino({ level: 'silent' });
const policy = { current: () => withApprovers(DEFAULT_POLICY, 'S123') };
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function world(change: Partial<RequestRecord> = {}) {
  const { store } = await createStore();
  const { runId } = await addRun(store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
  const requests = openRequests(store, drawRequest);
  const sample = openRequest('R2', { id: randomUUID(), thread: runId, run: runId, ...change });
  const rule = sample.rule === null ? null : { ...sample.rule, expiresAfterSeconds: 900, ladder: policy.current().defaults.ladder };
  const planned = Date.now();
  const record = { ...sample, rule, expiresAt: new Date(planned + 900_000).toISOString() };
  await requests.create(record, { event: 'requested', actor: 'U1', details: {} }, new Date());
  const climb = (seconds: number) => {
    const options = { requests, policy, temporaryAfterSeconds: 86_400, log, now: () => new Date(planned + seconds * 1000) };
    return Promise.all([climbOnce(options), climbOnce(options), climbOnce(options)]);
  };
  const keys = async () =>
    (
      await store.query<{ key: string }>("SELECT key FROM messages WHERE key LIKE 'request:%:%' OR key LIKE 'page:%' ORDER BY sequence")
    ).rows.map(({ key }) => key.replace(record.id, 'ID'));
  return { store, requests, record, climb, keys };
}

/** PagerDuty's Events API, as far as its answers go. */
async function pagerDuty(status: () => number = () => 202) {
  const events: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (status() === 202) events.push(JSON.parse(Buffer.concat(chunks).toString()));
    response.writeHead(status()).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close().closeAllConnections());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v2/enqueue`;
  return { events, pager: connectPagerDuty({ url, routingKey: 'R-key-of-the-test' }) };
}

const due = (store: Store) => store.query('UPDATE pages SET next_attempt_at = now()');
const text = async (store: Store, like: string) =>
  (await store.query<{ text: string }>('SELECT text FROM messages WHERE key LIKE $1', [like])).rows[0]?.text;

describe('an approval that nobody answers', () => {
  it('reminds, widens and pages once each, however many processes look', async () => {
    const { store, record, climb, keys } = await world();
    await climb(100);
    expect(await keys()).toEqual([]);
    await climb(200);
    await climb(201);
    expect(await keys()).toEqual(['request:ID:remind']);
    await climb(400);
    expect(await text(store, '%:widen')).toContain('<!subteam^S123>');
    await climb(700);
    await climb(800);
    expect((await store.query('SELECT key, until FROM pages')).rows).toEqual([{ key: record.id, until: 'decided' }]);
    expect((await listAudit(store, record.id)).map(({ event }) => event)).toEqual(['requested', 'reminded', 'widened', 'paged']);
  });

  it('calls nobody any more once it is over', async () => {
    const { store, requests, record, climb, keys } = await world();
    await climb(400);
    expect(await text(store, '%:remind')).toContain('still waits for one approval');
    const at = new Date(Date.now() + 901_000);
    await requests.change(record.id, at, (current) => decide(current, { kind: 'expire' }, at));
    for (const rung of ['remind', 'widen']) expect(await text(store, `%:${rung}`)).toMatch(/^People were called here .* That is over/);
    expect(await keys()).toEqual(['request:ID:remind', 'request:ID:widen']);
  });

  it('is paged through PagerDuty with its id as the key, and resolved once it is decided', async () => {
    const { store, record, climb } = await world();
    const { events, pager } = await pagerDuty();
    await climb(700);
    await Promise.all([sendPages({ store, pager, log }), sendPages({ store, pager, log })]);
    expect(events).toEqual([
      expect.objectContaining({
        event_action: 'trigger',
        dedup_key: record.id,
        routing_key: 'R-key-of-the-test',
        payload: expect.objectContaining({ source: 'production', severity: 'error', summary: expect.stringContaining('End session') }),
      }),
    ]);
    expect(await text(store, 'page:%')).toContain('PagerDuty was called');
    await sendPages({ store, pager, log });
    expect(events).toHaveLength(1);
    await store.query("UPDATE requests SET state = 'approved'");
    await sendPages({ store, pager, log });
    await sendPages({ store, pager, log });
    expect(events.slice(1)).toEqual([expect.objectContaining({ event_action: 'resolve', dedup_key: record.id })]);
  });

  it('says of a dry run that it is one, wherever somebody is called', async () => {
    const { store, climb } = await world({ dryRun: true });
    await climb(700);
    await sendPages({ store, pager: undefined, log });
    for (const message of ['%:remind', '%:widen', 'page:%']) expect(await text(store, message), message).toContain('Dry run');
  });

  it('calls people in the thread where no pager is configured, and says so', async () => {
    const { store, climb, keys } = await world();
    await climb(700);
    await sendPages({ store, pager: undefined, log });
    await sendPages({ store, pager: undefined, log });
    expect(await keys()).toEqual(['request:ID:remind', 'request:ID:widen', 'page:ID:unpaged']);
    expect(await text(store, 'page:%')).toMatch(/<!subteam\^S123>.*No pager is configured/s);
  });

  it('calls people in the thread where the pager does not answer, and goes on trying', async () => {
    const { store, climb } = await world();
    let status = 503;
    const { events, pager } = await pagerDuty(() => status);
    await climb(700);
    await sendPages({ store, pager, log });
    expect(await text(store, 'page:%')).toBeUndefined();
    await due(store);
    await sendPages({ store, pager, log });
    expect(await text(store, 'page:%')).toContain('PagerDuty does not answer (HTTP 503)');
    status = 202;
    await due(store);
    await sendPages({ store, pager, log });
    expect(events).toHaveLength(1);
  });

  it('gives a pager up that refuses, as one with a wrong key does', async () => {
    const { store, climb } = await world();
    const { pager } = await pagerDuty(() => 400);
    await climb(700);
    await sendPages({ store, pager, log });
    expect(await text(store, 'page:%')).toContain('PagerDuty refuses the page (HTTP 400)');
    expect((await store.query('SELECT state FROM pages')).rows).toEqual([{ state: 'told' }]);
  });
});

describe('a temporary change that still stands after a day', () => {
  const reminded = async () => {
    const ended = new Date(Date.now() - 90_000_000).toISOString();
    const made = await world({
      state: 'fixed',
      plan: { ...samplePlan(), temporary: true, undo: { kind: 'steps', text: 'Set it back.' } },
      execution: { startedAt: ended, finishedAt: ended, progress: null, results: [{ step: 0, text: 'Done.', facts: { from: 1 } }] },
    });
    await made.store.query('UPDATE requests SET executed_at = $1', [ended]);
    await made.climb(0);
    return made;
  };

  it('is reminded of once, with the button that takes it back', async () => {
    const { store, climb, keys, requests, record } = await reminded();
    await climb(10);
    expect(await keys()).toEqual(['request:ID:undo']);
    const { rows } = await store.query("SELECT blocks FROM messages WHERE key LIKE '%:undo'");
    expect(JSON.stringify(rows)).toContain(`"value":"${record.id}"`);
    expect((await requests.find(record.id))?.rungs).toEqual(['undo']);
  });

  it.each(['rejected', 'failed', 'stopped'] as const)(
    'has no button left once somebody asks to undo it, and one again where that request is %s',
    async (state) => {
      const { store, requests, record } = await reminded();
      const shown = async () => JSON.stringify((await store.query("SELECT text, blocks FROM messages WHERE key LIKE '%:undo'")).rows);
      expect(await shown()).toContain('still stands');
      const asked = { ...record, id: randomUUID(), state: 'awaiting-approval' as const, undoes: record.id };
      const at = new Date();
      const mark = { id: record.id, act: (current: RequestRecord) => decide(current, { kind: 'undone', undone: asked.id }, at) };
      await requests.create(asked, { event: 'requested', actor: 'U1', details: {} }, at, mark);
      expect(await shown()).toMatch(/asked to undo it, below/);
      expect(await shown()).not.toContain('button');
      await requests.change(asked.id, at, (current) => ({ kind: 'changed', record: { ...current, state }, audit: null }));
      expect(await shown()).toContain('still stands');
      expect(await shown()).toContain(`"value":"${record.id}"`);
    },
  );
});
