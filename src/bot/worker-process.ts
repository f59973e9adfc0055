import type { Logger } from '../config/logger.ts';
import type { Settings } from '../config/settings.ts';
import type { QueueConnection } from '../queue/connection.ts';
import { openConsumer } from '../queue/consumer.ts';
import type { Store } from '../store/pool.ts';
import type { StatementSample } from '../store/statement-samples.ts';
import { type BundleJobOptions, createBundleJob } from './bundle-job.ts';
import { createDiagnoseJob, type Engine } from './diagnose-job.ts';
import { startHeartbeat } from './heartbeat.ts';
import { startSampler } from './sampler.ts';
import { startUnsealingWatch, type UnsealingWatchOptions } from './unsealing-watch.ts';

interface WorkerProcessOptions {
  readonly store: Store;
  readonly queue: QueueConnection;
  readonly settings: Settings;
  readonly engine: Engine;
  /** How bundles are made; left out: this worker makes none. */
  readonly bundling?: Pick<BundleJobOptions, 'botVersion' | 'secrets' | 'folder' | 'openClients' | 'incident' | 'contents'>;
  readonly instance: string;
  readonly log: Logger;
  /** Reads the statement statistics of a target; null where they cannot be read now. */
  readStatements(target: string): Promise<StatementSample | null>;
  /** The seal of each server of a target's Vault; null where it has none. */
  readSeal: UnsealingWatchOptions['readSeal'];
  now(): Date;
}

/** Longest wait for runs under way when the process is to end; what is not done by then goes back to the queue. */
const FINISH_MS = 15_000;

/** Takes runs from the queue and carries them out, samples statement statistics and follows unsealings between, until stopped. */
export function startWorkerProcess(options: WorkerProcessOptions): { stop(): Promise<void> } {
  const { store, queue, settings, engine, instance, log, now } = options;
  const ending = new AbortController();
  const job = createDiagnoseJob({ store, settings, engine, instance, log, signal: ending.signal, now });
  const heartbeat = startHeartbeat(store, instance, 'worker', log);
  const sampler = startSampler({
    store,
    targets: Object.keys(settings.targets),
    everySeconds: settings.diagnostics.statementSampleSeconds,
    read: options.readStatements,
    log,
    now,
  });
  const unsealing = startUnsealingWatch({ store, settings: settings.diagnostics, readSeal: options.readSeal, log, now });
  const consumer = openConsumer('diagnose', queue, {
    handle: job.handle,
    onFailed: (jobId, payload, error) => {
      const runId = payload?.runId ?? jobId;
      job.fail(runId, error).catch((failure: unknown) => log.error({ err: failure, run: runId }, 'a failed run could not be told'));
    },
    onError: (error) => log.warn({ err: error }, 'the queue is in trouble'),
  });
  const bundles = options.bundling === undefined ? undefined : consumeBundles(options.bundling, options, ending.signal);
  return {
    async stop() {
      const timer = setTimeout(() => ending.abort(new Error('the worker is stopping')), FINISH_MS);
      await Promise.all([consumer.close(), bundles?.close()]);
      clearTimeout(timer);
      await sampler.stop();
      await unsealing.stop();
      await heartbeat.stop();
    },
  };
}

function consumeBundles(
  bundling: NonNullable<WorkerProcessOptions['bundling']>,
  { store, queue, settings, instance, log, now }: WorkerProcessOptions,
  signal: AbortSignal,
) {
  const job = createBundleJob({ ...bundling, store, settings, instance, log, signal, now });
  return openConsumer('bundle', queue, {
    handle: ({ payload }) => job.handle(payload),
    onFailed: (jobId, _payload, error) =>
      log.error({ err: error, job: jobId }, 'a bundle broke off; the bot ends it once its lease is over'),
    onError: (error) => log.warn({ err: error }, 'the queue is in trouble'),
  });
}
