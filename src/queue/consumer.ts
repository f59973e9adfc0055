import { setTimeout as delay } from 'node:timers/promises';
import { type Job, UnrecoverableError } from 'bullmq';
import { connectWorker, type QueueConnection } from './connection.ts';
import { PermanentJobError } from './errors.ts';
import { type PayloadOf, QUEUES, type QueueName } from './jobs.ts';

/** One delivery of a job. */
export interface Delivery<Name extends QueueName> {
  readonly payload: PayloadOf<Name>;
  readonly jobId: string;
  /** 1 for the first delivery; more after a failure, or after the process that held the job died. */
  readonly attempt: number;
}

export interface Consumer {
  /** Takes no more jobs and waits for those under way. */
  close(): Promise<void>;
}

interface Handlers<Name extends QueueName> {
  handle(delivery: Delivery<Name>): Promise<void>;
  /** The job has failed for good: attempts are used up, it was permanent, or its processes died too often. */
  onFailed(jobId: string, payload: PayloadOf<Name> | undefined, error: Error): void;
  onError(error: Error): void;
}

/** How long a worker waits before it tries again to connect for the first time. */
const RECONNECT_MS = 1_000;

/** Takes jobs of a queue until closed; waits for a queue that is down. A thrown PermanentJobError is not tried again; any other error is, as the queue's policy says. */
export function openConsumer<Name extends QueueName>(name: Name, connection: QueueConnection, handlers: Handlers<Name>): Consumer {
  const definition = QUEUES[name];
  const parse = (data: unknown) => definition.payload.parse(data) as PayloadOf<Name>;
  const process = async (job: Job): Promise<void> => {
    const payload = parse(job.data);
    try {
      await handlers.handle({ payload, jobId: job.id ?? '', attempt: job.attemptsStarted });
    } catch (error) {
      if (error instanceof PermanentJobError) throw new UnrecoverableError(error.message);
      throw error;
    }
  };
  const failed = (job: Job | undefined, error: Error): void => {
    const spent = job === undefined || job.finishedOn !== undefined || job.attemptsMade >= (job.opts.attempts ?? 1);
    if (spent) handlers.onFailed(job?.id ?? '', job === undefined ? undefined : parse(job.data), error);
  };
  const closing = new AbortController();
  let current: ReturnType<typeof connectWorker> | undefined;
  const connect = async (): Promise<void> => {
    while (!closing.signal.aborted) {
      const opened = connectWorker(definition.name, connection, process, definition.worker, handlers.onError);
      opened.worker.on('failed', failed);
      current = opened;
      try {
        return await opened.ready;
      } catch (error) {
        handlers.onError(error instanceof Error ? error : new Error(String(error)));
        await opened.close().catch(handlers.onError);
        await delay(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  };
  const connected = connect();
  return {
    async close() {
      closing.abort();
      await current?.close();
      await connected;
    },
  };
}
