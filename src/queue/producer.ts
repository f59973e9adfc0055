import { connectQueue, type QueueConnection } from './connection.ts';
import { QueueUnavailableError } from './errors.ts';
import { type PayloadOf, QUEUES, type QueueName } from './jobs.ts';

/** What became of a job: `absent` where the queue does not know it (never added, or removed after it was kept long enough). */
export type JobState = 'waiting' | 'active' | 'completed' | 'failed' | 'absent';

export interface Producer<Name extends QueueName> {
  /**
   * Adds a job; a second one of the same id is ignored.
   * @param jobId made of letters, digits, `-`, `_` and `.`; not digits alone, and without `:` (BullMQ's own separator).
   * @throws QueueUnavailableError where the queue does not answer within `timeoutMs`; the job may still arrive later.
   */
  add(payload: PayloadOf<Name>, options: { readonly jobId: string; readonly delayMs?: number; readonly timeoutMs?: number }): Promise<void>;
  state(jobId: string): Promise<JobState>;
  close(): Promise<void>;
}

const JOB_ID = /^(?!\d+$)[\w.-]+$/;

/** Opens a queue to add jobs to. `onError` hears of connection trouble, which is retried. */
export function openProducer<Name extends QueueName>(
  name: Name,
  connection: QueueConnection,
  onError: (error: Error) => void,
): Producer<Name> {
  const definition = QUEUES[name];
  let current: ReturnType<typeof connectQueue> | undefined;
  const connect = async () => {
    current ??= connectQueue(definition.name, connection, onError);
    const opened = current;
    try {
      await opened.ready;
      return opened.queue;
    } catch (error) {
      if (current === opened) current = undefined;
      opened.close().catch(onError);
      throw error;
    }
  };
  connect().catch(onError);
  return {
    async add(payload, { jobId, delayMs, timeoutMs = 1_000 }) {
      if (!JOB_ID.test(jobId)) throw new Error(`"${jobId}" is not a job id: letters, digits, "-", "_" and ".", not digits alone`);
      const data = definition.payload.parse(payload);
      const options = { ...definition.job, jobId, ...(delayMs === undefined ? {} : { delay: delayMs }) };
      const added = connect().then((queue) => queue.add(definition.name, data, options));
      await bounded(added, timeoutMs, definition.name);
    },
    async state(jobId) {
      const asked = connect().then((queue) => queue.getJobState(jobId));
      const state = await bounded(asked, 1_000, definition.name);
      if (state === 'unknown') return 'absent';
      return state === 'active' || state === 'completed' || state === 'failed' ? state : 'waiting';
    },
    async close() {
      await current?.close();
    },
  };
}

async function bounded<Result>(work: Promise<Result>, timeoutMs: number, name: string): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new QueueUnavailableError(name)), timeoutMs);
  });
  try {
    return await Promise.race([work, deadline]);
  } catch (error) {
    throw error instanceof QueueUnavailableError ? error : new QueueUnavailableError(name, { cause: error });
  } finally {
    clearTimeout(timer);
    work.catch(() => {}); // answered above; a late failure of the same call says nothing new
  }
}
