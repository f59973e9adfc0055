import { randomUUID } from 'node:crypto';
import { LogLevel, WebClient } from '@slack/web-api';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { type RedisServer, startRedis } from '../../../bench/chaos/redis.ts';
import { startSender } from '../../../src/slack/sender.ts';
import { listSteps } from '../../../src/store/journal.ts';
import { findMessage, listMessageKeys } from '../../../src/store/messages.ts';
import { startExecutor } from '../../support/executor.ts';
import { redisAvailable } from '../../support/redis.ts';
import { until } from '../../support/service-database.ts';
import { startSlackServer } from '../../support/slack-server.ts';
import { sampleRequest } from '../approvals/records.ts';
import { startLocked } from '../support/locked.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close().catch(() => {});
});

async function redisOfItsOwn(): Promise<RedisServer> {
  const redis = await startRedis();
  closing.push(() => redis.stop());
  return redis;
}

/** Somebody else who waits behind the session, so that its end is not all that the verification waits for. */
async function startWaiting({ database }: Awaited<ReturnType<typeof startLocked>>): Promise<() => Promise<void>> {
  const other = await database.session();
  await other.client.query("BEGIN; UPDATE jobs SET state = 'w' WHERE id = 2");
  const waiter = await database.session();
  const waiting = waiter.client.query("UPDATE jobs SET state = 'v' WHERE id = 2");
  waiting.catch(() => {}); // awaited below, where the test gets that far
  return async () => {
    await other.client.query('COMMIT');
    await waiting;
  };
}

describe.skipIf(!redisAvailable)('Redis that goes away', () => {
  it('before an approved fix is fetched: an executor finds it by itself', async () => {
    const redis = await redisOfItsOwn();
    const { store, storeUrl, queue, database, record, state, alive, approveOnly, settings } = await startLocked(redis.url);
    await startExecutor({ settings, storeUrl, queue, database });
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    await redis.end();
    await approveOnly();
    await until(async () => (await state()) === 'fixed', 'a sweeper that finds it');
    expect(await alive()).toBe(false);
    expect(await listSteps(store, record.id)).toMatchObject([{ result: { kind: 'done' } }]);
  });

  it('while a fix is under way: it goes to its end, and the queue serves the next one when it is back', async () => {
    const redis = await redisOfItsOwn();
    const locked = await startLocked(redis.url);
    const { store, storeUrl, queue, jobs, database, requests, record, state, approve, settings } = locked;
    const letGo = await startWaiting(locked);
    await startExecutor({ settings, storeUrl, queue, database });
    await until(async () => (await state()) === 'awaiting-approval', 'a plan');
    await approve();
    await until(async () => ((await requests.find(record.id))?.verification?.readings.length ?? 0) > 0, 'a first reading');
    await redis.end();
    await letGo();
    await until(async () => (await state()) === 'fixed', 'the verdict');
    expect(await listSteps(store, record.id)).toMatchObject([{ result: { kind: 'done' } }]);

    await redis.begin();
    const next = sampleRequest({ ...record, id: randomUUID() });
    await requests.create(next, { event: 'requested', actor: next.requester, details: {} }, new Date());
    const jobId = `plan-${next.id}`;
    const add = () =>
      jobs.add({ requestId: next.id, intent: 'plan' }, { jobId }).then(
        () => true,
        () => false,
      );
    await until(add, 'the queue takes a job');
    await until(async () => (await jobs.state(jobId)) === 'completed', 'the executor has taken it from the queue');
    expect((await requests.find(next.id))?.state).toBe('nothing-to-do'); // the session is gone
  });
});

describe('Slack that goes away', () => {
  it('while a fix is under way: it goes to its end, and the thread says so when Slack is back, once', async () => {
    const { store, storeUrl, database, record, state, approve, settings } = await startLocked();
    const slack = await startSlackServer();
    let down = false;
    slack.always(() => down, { status: 503, body: { ok: false } });
    const log = pino({ level: 'silent' });
    const logger = { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => LogLevel.ERROR, setName() {} };
    const options = { slackApiUrl: slack.url, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, logger };
    const client = new WebClient('xoxb-test', options);
    const sender = startSender({ store, client, instance: 'bot-1', log, onUnreachable: async () => {} });
    closing.push(() => sender.stop());
    const [key = ''] = await listMessageKeys(store, `request:${record.id}`);
    const shown = async () => (await findMessage(store, key))?.settled === true;
    await startExecutor({ settings, storeUrl, database });
    await until(async () => (await state()) === 'awaiting-approval' && (await shown()), 'the plan is shown');
    down = true;
    await approve();
    await until(async () => (await state()) === 'fixed', 'the verdict');
    expect(await listSteps(store, record.id)).toMatchObject([{ result: { kind: 'done' } }]);
    expect(await shown()).toBe(false);
    const before = slack.calls.length;
    down = false;
    await until(shown, 'the thread says so');
    const { ts, text } = (await findMessage(store, key)) ?? {};
    const since = slack.calls.slice(before).filter(({ args }) => args.ts === ts);
    expect(since).toMatchObject([{ method: 'chat.update', args: { text } }]);
  });
});
