import { UnrecoverableError } from 'bullmq';
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

/** Takes jobs of a queue until closed. A thrown PermanentJobError is not tried again; any other error is, as the queue's policy says. */
export function openConsumer<Name extends QueueName>(name: Name, connection: QueueConnection, handlers: Handlers<Name>): Consumer {
  const definition = QUEUES[name];
  const parse = (data: unknown) => definition.payload.parse(data) as PayloadOf<Name>;
  const { worker, disconnect } = connectWorker(
    definition.name,
    connection,
    async (job) => {
      const payload = parse(job.data);
      try {
        await handlers.handle({ payload, jobId: job.id ?? '', attempt: job.attemptsStarted });
      } catch (error) {
        if (error instanceof PermanentJobError) throw new UnrecoverableError(error.message);
        throw error;
      }
    },
    definition.worker,
  );
  worker.on('error', handlers.onError);
  worker.on('failed', (job, error) => {
    if (job === undefined) return handlers.onFailed('', undefined, error);
    const spent = job.finishedOn !== undefined || job.attemptsMade >= (job.opts.attempts ?? 1);
    if (spent) handlers.onFailed(job.id ?? '', parse(job.data), error);
  });
  return {
    async close() {
      await worker.close();
      disconnect();
    },
  };
}
