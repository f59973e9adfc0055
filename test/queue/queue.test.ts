import { randomUUID } from 'node:crypto';
import { Client } from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { chooseQueueConnection, type QueueConnection } from '../../src/queue/connection.ts';
import { type Consumer, type Delivery, openConsumer } from '../../src/queue/consumer.ts';
import { PermanentJobError, QueueUnavailableError } from '../../src/queue/errors.ts';
import { openProducer, type Producer } from '../../src/queue/producer.ts';
import { createDatabase } from '../support/database.ts';
import { createRedisDatabase, redisAvailable } from '../support/redis.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const item of open.splice(0).reverse()) await item.close();
});

function producer(connection: QueueConnection): Producer<'diagnose'> {
  const opened = openProducer('diagnose', connection, () => {});
  open.push(opened);
  return opened;
}

interface Seen {
  readonly deliveries: Delivery<'diagnose'>[];
  readonly failures: string[];
}

function consumer(connection: QueueConnection, handle: (delivery: Delivery<'diagnose'>) => Promise<void>): Seen & { consumer: Consumer } {
  const seen: Seen = { deliveries: [], failures: [] };
  const opened = openConsumer('diagnose', connection, {
    handle: (delivery) => {
      seen.deliveries.push(delivery);
      return handle(delivery);
    },
    onFailed: (jobId, _payload, error) => seen.failures.push(`${jobId}: ${error.message}`),
    onError: () => {},
  });
  open.push(opened);
  return { ...seen, consumer: opened };
}

const backends: { name: string; connection: () => Promise<QueueConnection> }[] = [
  { name: 'PostgreSQL', connection: async () => ({ kind: 'postgres', url: await createDatabase() }) },
];
if (redisAvailable) backends.push({ name: 'Redis', connection: async () => ({ kind: 'redis', url: await createRedisDatabase() }) });

describe.each(backends)('the job queue on $name', ({ connection }) => {
  it('delivers a job once, however often its id is added', async () => {
    const where = await connection();
    const queue = producer(where);
    const runId = randomUUID();
    await queue.add({ runId }, { jobId: runId });
    await queue.add({ runId }, { jobId: runId });
    const { deliveries } = consumer(where, async () => {});
    await expect.poll(() => queue.state(runId)).toBe('completed');
    await queue.add({ runId }, { jobId: runId });
    expect(deliveries.map(({ payload, attempt }) => ({ payload, attempt }))).toEqual([{ payload: { runId }, attempt: 1 }]);
  });

  it('tries a failed job again, and a permanent failure never', async () => {
    const where = await connection();
    const queue = producer(where);
    const flaky = randomUUID();
    const hopeless = randomUUID();
    const { deliveries, failures } = consumer(where, async ({ payload, attempt }) => {
      if (payload.runId === hopeless) throw new PermanentJobError('no such run');
      if (attempt === 1) throw new Error('the far side is sick');
    });
    await queue.add({ runId: flaky }, { jobId: flaky });
    await queue.add({ runId: hopeless }, { jobId: hopeless });
    await expect.poll(() => queue.state(flaky)).toBe('completed');
    await expect.poll(() => queue.state(hopeless)).toBe('failed');
    expect(deliveries.filter(({ payload }) => payload.runId === flaky).map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(deliveries.filter(({ payload }) => payload.runId === hopeless)).toHaveLength(1);
    expect(failures).toEqual([`${hopeless}: no such run`]);
  });

  it('does not know a job that was never added', async () => {
    expect(await producer(await connection()).state(randomUUID())).toBe('absent');
  });
});

describe('adding a job', () => {
  it.each<QueueConnection>([
    { kind: 'postgres', url: 'postgres://nobody:nothing@127.0.0.1:9/none' },
    { kind: 'redis', url: 'redis://127.0.0.1:9' },
  ])('says that the queue is unavailable where $kind is down', async (connection) => {
    const queue = openProducer('diagnose', connection, () => {});
    await expect(queue.add({ runId: randomUUID() }, { jobId: 'a-job' })).rejects.toBeInstanceOf(QueueUnavailableError);
    void queue.close().catch(() => {});
  });

  it('refuses an id that BullMQ would misread', async () => {
    const queue = producer({ kind: 'postgres', url: await createDatabase() });
    await expect(queue.add({ runId: randomUUID() }, { jobId: '12345' })).rejects.toThrow('not a job id');
    await expect(queue.add({ runId: randomUUID() }, { jobId: 'a:b' })).rejects.toThrow('not a job id');
  });
});

describe('a queue that is down when the processes start', () => {
  it('is used as soon as it is up, by who adds and by who takes', async () => {
    const server = new URL(await createDatabase());
    const name = `late_${randomUUID().replaceAll('-', '')}`;
    const late = new URL(server);
    late.pathname = `/${name}`;
    const where: QueueConnection = { kind: 'postgres', url: late.href };
    const queue = producer(where);
    const { deliveries } = consumer(where, async () => {});
    const runId = randomUUID();
    await expect(queue.add({ runId }, { jobId: runId })).rejects.toBeInstanceOf(QueueUnavailableError);
    const client = new Client({ connectionString: server.href });
    await client.connect();
    await client.query(`CREATE DATABASE ${name}`);
    await client.end();
    await expect
      .poll(() =>
        queue.add({ runId }, { jobId: runId, timeoutMs: 5_000 }).then(
          () => 'added',
          () => 'unavailable',
        ),
      )
      .toBe('added');
    await expect.poll(() => deliveries.length).toBe(1);
  });
});

describe('where the queue lives', () => {
  it('is Redis where one is configured, else the store', () => {
    const STORE_DATABASE_URL = 'postgres://bot@localhost/bot';
    expect(chooseQueueConnection({ STORE_DATABASE_URL })).toEqual({ kind: 'postgres', url: STORE_DATABASE_URL });
    expect(chooseQueueConnection({ STORE_DATABASE_URL, REDIS_URL: 'redis://localhost' })).toEqual({
      kind: 'redis',
      url: 'redis://localhost',
    });
  });
});
