import type { JobsOptions, WorkerOptions } from 'bullmq';
import { z } from 'zod';

/** Job data carries ids alone: whatever they stand for is read from the store. */
const DiagnoseJob = z.strictObject({ runId: z.uuid() });
const BundleJob = z.strictObject({ bundleId: z.uuid() });
const RemediateJob = z.strictObject({ requestId: z.uuid(), intent: z.enum(['plan', 'execute']) });

type DiagnoseJob = z.infer<typeof DiagnoseJob>;
type BundleJob = z.infer<typeof BundleJob>;
type RemediateJob = z.infer<typeof RemediateJob>;

/** Finished jobs are kept longer than Slack redelivers, because a removed id no longer deduplicates. Seconds. */
const KEEP = { age: 3_600, count: 5_000 };

type WorkerPolicy = Omit<WorkerOptions, 'connection'>;

interface QueueDefinition<Payload> {
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
  readonly job: JobsOptions;
  readonly worker: WorkerPolicy;
}

export const QUEUES = {
  /** Reading is harmless: a job whose worker died is taken up by another one within about 15 s, three times at most. */
  diagnose: {
    name: 'diagnose',
    payload: DiagnoseJob,
    job: { attempts: 3, backoff: { type: 'exponential', delay: 1_000 }, removeOnComplete: KEEP, removeOnFail: KEEP },
    worker: { concurrency: 4, lockDuration: 8_000, stalledInterval: 4_000, maxStalledCount: 3, drainDelay: 2 },
  } satisfies QueueDefinition<DiagnoseJob>,
  /** An archive dies with its worker, and whoever asked decides whether to collect again: never repeated by itself. */
  bundle: {
    name: 'bundle',
    payload: BundleJob,
    job: { attempts: 1, removeOnComplete: KEEP, removeOnFail: KEEP },
    worker: { concurrency: 2, lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 0, drainDelay: 2 },
  } satisfies QueueDefinition<BundleJob>,
  /** Changing is never repeated: a job whose executor died fails, and the sweeper settles what it left. */
  remediate: {
    name: 'remediate',
    payload: RemediateJob,
    job: { attempts: 1, removeOnComplete: KEEP, removeOnFail: KEEP },
    worker: { concurrency: 4, lockDuration: 30_000, stalledInterval: 10_000, maxStalledCount: 0, drainDelay: 2 },
  } satisfies QueueDefinition<RemediateJob>,
} as const;

export type QueueName = keyof typeof QUEUES;
export type PayloadOf<Name extends QueueName> = z.infer<(typeof QUEUES)[Name]['payload']>;
