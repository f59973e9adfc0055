import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { drawRequest } from '../../src/slack/request-view.ts';
import { ownThread, showRun } from '../../src/slack/run-view.ts';
import type { Store } from '../../src/store/pool.ts';
import { openRequests } from '../../src/store/requests.ts';
import { startRun } from '../../src/store/runs.ts';
import { openRequest, sampleRequest } from '../remediations/approvals/records.ts';
import { createStore } from '../support/store.ts';

/** The messages of a thread, in the order in which a sender would post them. */
async function messages(store: Store) {
  const { rows } = await store.query<{ key: string; thread_key: string | null; text: string; blocks: unknown }>(
    'SELECT key, thread_key, text, blocks FROM messages ORDER BY sequence',
  );
  return rows.map((row) => ({ ...row, blocks: JSON.stringify(row.blocks) }));
}

it('a fix without a diagnosis begins a thread, which an owner can be named for and a diagnosis can follow in', async () => {
  const { store } = await createStore();
  const requests = openRequests(store, drawRequest);
  const record = sampleRequest({ id: randomUUID(), thread: randomUUID(), run: null, cause: null });
  await requests.open(record, { event: 'requested', actor: record.requester, details: {} }, new Date());

  const [root, fix, ...others] = await messages(store);
  expect(others).toEqual([]);
  expect(root).toMatchObject({ key: `thread:${record.thread}:root`, thread_key: null });
  expect(root?.text).toContain('Fix on production: End an idle transaction: Planning.');
  expect(root?.blocks).not.toContain('run:again');
  expect(fix).toMatchObject({ key: `request:${record.id}`, thread_key: root?.key });

  await requests.change(record.id, new Date(), (current) => ({
    kind: 'changed',
    record: { ...current, state: 'rejected', outcome: 'An approver rejected it.' },
    audit: null,
  }));
  expect((await messages(store))[0]?.text).toContain('Rejected. An approver rejected it.');

  expect(await ownThread(store, record.thread, 'U7')).toMatchObject({ taken: true });
  expect((await messages(store))[0]?.blocks).toContain('<@U7> is on it.');

  const { run } = await startRun(store, {
    ...{ id: randomUUID(), threadId: record.thread, topic: 'latency', target: 'production', question: {}, channel: record.channel },
    ...{ requestedBy: 'U7', triggerId: null, responseUrl: null },
  });
  await showRun(store, run);
  expect((await messages(store))[0]?.text).toContain('Latency of production: looking…');
});

it('a plan longer than a message goes on in messages of the same thread', async () => {
  const { store } = await createStore();
  const open = openRequest('R2', { id: randomUUID(), thread: randomUUID(), run: null, cause: null });
  const { plan } = open;
  if (plan === null) throw new Error('the sample has no plan');
  const touches = Array.from({ length: 30 }, (_, index) => `Row ${index} of many: ${'x'.repeat(700)}`);
  const record = { ...open, plan: { ...plan, touches } };
  await openRequests(store, drawRequest).open(record, { event: 'requested', actor: record.requester, details: {} }, new Date());

  const shown = await messages(store);
  const parts = shown.filter(({ key }) => key.startsWith(`request:${record.id}:plan-`));
  expect(parts.length).toBeGreaterThan(1);
  expect(new Set(parts.map(({ thread_key }) => thread_key))).toEqual(new Set([`thread:${record.thread}:root`]));
  const all = shown.map(({ blocks }) => blocks).join();
  for (const index of touches.keys()) expect(all).toContain(`Row ${index} of many`);
});
