import { afterEach } from 'vitest';
import type { QueueConnection } from '../../../src/queue/connection.ts';
import { openProducer } from '../../../src/queue/producer.ts';
import { decide } from '../../../src/remediations/approvals/decide.ts';
import type { RequestRecord } from '../../../src/remediations/approvals/record.ts';
import { drawRequest } from '../../../src/slack/request-view.ts';
import { openRequests } from '../../../src/store/requests.ts';
import { addRun, fixSettings } from '../../support/fix-world.ts';
import { createServiceDatabase } from '../../support/service-database.ts';
import { createStore } from '../../support/store.ts';
import { sampleRequest, standing } from '../approvals/records.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close().catch(() => {});
});

/**
 * A session that sits idle in a transaction with a lock, and a request to end it, whose plan is asked for already.
 * @param redis the queue is there; left out: in the store's own database.
 */
export async function startLocked(redis?: string) {
  const { store, url: storeUrl } = await createStore();
  const queue: QueueConnection = redis === undefined ? { kind: 'postgres', url: storeUrl } : { kind: 'redis', url: redis };
  const database = await createServiceDatabase();
  const holder = await database.session();
  await holder.client.query("BEGIN; UPDATE jobs SET state = 'x' WHERE id = 1");
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  const { runId } = await addRun(store, holder);
  const requests = openRequests(store, drawRequest);
  const record = sampleRequest({
    target: 'production',
    thread: runId,
    run: runId,
    params: { pid: holder.pid, backendStart: holder.backendStart },
  });
  await requests.create(record, { event: 'requested', actor: record.requester, details: {} }, new Date());
  const jobs = openProducer('remediate', queue, () => {});
  closing.push(() => jobs.close());
  const wake = (intent: 'plan' | 'execute') =>
    jobs.add({ requestId: record.id, intent }, { jobId: `${intent}-${record.id}`, timeoutMs: 60_000 });
  await wake('plan');
  /** Approves, and wakes nobody. */
  const approveOnly = async () => {
    const at = new Date();
    await requests.change(record.id, at, (current: RequestRecord) =>
      decide(current, { kind: 'approve', standing: standing('U1'), fingerprint: current.fingerprint ?? '', via: 'slack', reason: '' }, at),
    );
  };
  const approve = async () => {
    await approveOnly();
    await wake('execute');
  };
  const state = async () => (await requests.find(record.id))?.state;
  const alive = async () => (await database.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [holder.pid])).length === 1;
  return {
    ...{ store, storeUrl, queue, jobs, database, holder, requests, record },
    ...{ state, alive, approve, approveOnly, settings: fixSettings(database) },
  };
}
