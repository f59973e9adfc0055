import { createPostgresBackend, type Processor, Queue, Worker, type WorkerOptions } from 'bullmq';
import { Redis } from 'ioredis';

/** Where the jobs are: a Redis, or a schema of its own in a PostgreSQL database. */
export type QueueConnection = { readonly kind: 'redis'; readonly url: string } | { readonly kind: 'postgres'; readonly url: string };

/** Redis where one is configured, else the bot's own database. The only place that decides. */
export function chooseQueueConnection(variables: {
  readonly REDIS_URL?: string | undefined;
  readonly STORE_DATABASE_URL: string;
}): QueueConnection {
  return variables.REDIS_URL === undefined
    ? { kind: 'postgres', url: variables.STORE_DATABASE_URL }
    : { kind: 'redis', url: variables.REDIS_URL };
}

const SCHEMA = 'bullmq';

/** A queue that adds jobs, as one connection knows it. Where the first connection fails it stays broken (BullMQ keeps the failure): make a new one. */
export function connectQueue(name: string, connection: QueueConnection, onError: (error: Error) => void) {
  const { queue, disconnect } = createQueue(name, connection);
  queue.on('error', onError);
  return { queue, ready: queue.waitUntilReady(), close: () => closeAll(() => queue.close(), disconnect) };
}

function createQueue(name: string, connection: QueueConnection) {
  if (connection.kind === 'postgres')
    return { queue: new Queue(name, { connection: postgres(connection.url, 2) }, createPostgresBackend), disconnect: () => {} };
  const client = new Redis(connection.url, { maxRetriesPerRequest: 1, connectTimeout: 5_000, retryStrategy: backOff });
  return { queue: new Queue(name, { connection: client }), disconnect: () => client.disconnect() };
}

/** A worker that takes jobs. Once connected it outlives a far side that goes away; before that, see `connectQueue`. */
export function connectWorker(
  name: string,
  connection: QueueConnection,
  processor: Processor,
  options: Omit<WorkerOptions, 'connection'>,
  onError: (error: Error) => void,
) {
  const { worker, disconnect } = createWorker(name, connection, processor, options);
  worker.on('error', onError);
  return { worker, ready: worker.waitUntilReady(), close: () => closeAll(() => worker.close(), disconnect) };
}

function createWorker(name: string, connection: QueueConnection, processor: Processor, options: Omit<WorkerOptions, 'connection'>) {
  if (connection.kind === 'postgres')
    return {
      worker: new Worker(name, processor, { ...options, connection: postgres(connection.url, 4) }, createPostgresBackend),
      disconnect: () => {},
    };
  const client = new Redis(connection.url, { maxRetriesPerRequest: null, retryStrategy: backOff });
  return { worker: new Worker(name, processor, { ...options, connection: client }), disconnect: () => client.disconnect() };
}

async function closeAll(close: () => Promise<void>, disconnect: () => void): Promise<void> {
  try {
    await close();
  } finally {
    disconnect();
  }
}

function postgres(url: string, max: number) {
  return { connectionString: url, schema: SCHEMA, migrate: true, max, connectionTimeoutMillis: 10_000, idleTimeoutMillis: 30_000 };
}

function backOff(attempt: number): number {
  return Math.min(attempt * 200, 5_000);
}
