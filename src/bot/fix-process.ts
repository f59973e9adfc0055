import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ReadClients } from '../clients/read-clients.ts';
import { createReadClients } from '../clients/read-clients.ts';
import { verifySignature } from '../clients/ssh-keygen.ts';
import type { Logger } from '../config/logger.ts';
import { findTarget, type NamedTarget, type Settings } from '../config/settings.ts';
import { collectSources } from '../diagnostics/collect.ts';
import { createRedactor } from '../diagnostics/redact.ts';
import type { QueueConnection } from '../queue/connection.ts';
import { openConsumer } from '../queue/consumer.ts';
import { openProducer } from '../queue/producer.ts';
import type { PolicyFile } from '../remediations/approvals/policy.ts';
import { loadRemediations } from '../remediations/registry.ts';
import { topicOf } from '../remediations/run/baseline.ts';
import type { RunContext } from '../remediations/run/context.ts';
import { InterruptedError } from '../remediations/run/interrupted.ts';
import { startWork } from '../remediations/run/work.ts';
import { drawRequest } from '../slack/request-view.ts';
import { showRun } from '../slack/run-view.ts';
import { openStore, type Store, transaction } from '../store/pool.ts';
import { openRequests } from '../store/requests.ts';
import { findRun, startRun } from '../store/runs.ts';
import { mustHaveTables } from '../store/schema.ts';
import { startHeartbeat } from './heartbeat.ts';
import { createWritePorts } from './write-ports.ts';

const LEASE_SECONDS = 15;
/** Nobody waits for an executor's answer, and many requests share its few connections. */
const CONNECT_WITHIN_MS = 4_000;

export interface FixProcessOptions {
  readonly settings: Settings;
  readonly policy: PolicyFile;
  readonly storeUrl: string;
  readonly queue: QueueConnection;
  readonly kubeconfig: string | undefined;
  endpoint(name: string | undefined): string | undefined;
  readonly secrets: readonly string[];
  readonly instance: string;
  readonly log: Logger;
  readonly leaseSeconds?: number;
  /** Nothing is carried out. */
  readonly dryRun?: boolean;
  /** Runs the checks of a topic again; given the readers of a target. */
  examine(
    question: Parameters<RunContext['examine']>[0],
    reader: ReadClients,
    store: Store,
    signal: AbortSignal,
  ): ReturnType<RunContext['examine']>;
}

/** Everything of the executor process but its configuration and its diagnostics. */
export async function startFixProcess(options: FixProcessOptions): Promise<{ stop(): Promise<void> }> {
  const { settings, instance, log, queue } = options;
  const onError = (what: string) => (error: Error) => log.warn({ err: error }, `${what} is in trouble`);
  const store = openStore({
    url: options.storeUrl,
    application: 'hotswap-executor',
    connectWithinMs: CONNECT_WITHIN_MS,
    onError: onError('the store'),
  });
  await mustHaveTables(store);
  const remediations = openProducer('remediate', queue, onError('the queue'));
  const diagnoses = openProducer('diagnose', queue, onError('the queue'));
  const ports = createWritePorts(options);
  const readers = createReaders(options);
  const ending = new AbortController();
  const context: RunContext = {
    store,
    requests: openRequests(store, drawRequest, { dryRun: options.dryRun === true }),
    settings,
    policy: options.policy,
    remediations: await loadRemediations(),
    instance,
    log,
    signal: ending.signal,
    dryRun: options.dryRun === true,
    leaseSeconds: options.leaseSeconds ?? LEASE_SECONDS,
    target: (name) => findTarget(settings, name),
    writePorts: ports.of,
    collect: async (needs, target) =>
      collectSources(Object.values(needs), {
        target,
        clients: readers.of(target),
        diagnostics: settings.diagnostics,
        thresholds: settings.thresholds,
        now: new Date(),
        signal: ending.signal,
        logger: log,
        redactor: createRedactor({ secrets: options.secrets, publicNames: target.database.applicationRoles }),
      }),
    examine: (question) => options.examine(question, readers.of(question.target), store, ending.signal),
    findRun: (id) => findRun(store, id),
    diagnoseAgain: async (record) => {
      const earlier = record.run === null ? null : await findRun(store, record.run);
      const asked = {
        id: randomUUID(),
        threadId: record.thread,
        topic: earlier?.topic ?? topicOf(record.remediation),
        target: record.target,
        question: earlier?.question ?? {},
        channel: record.channel,
        requestedBy: record.requester,
        triggerId: `after-${record.id}`,
        responseUrl: null,
      };
      const { run, kind } = await transaction(store, (db) => startRun(db, asked));
      if (kind === 'active') return;
      await diagnoses.add({ runId: run.id }, { jobId: run.id });
      await showRun(store, run);
    },
    verifySignature,
    enqueue: (requestId, intent, jobId) => remediations.add({ requestId, intent }, { jobId }),
    now: () => new Date(),
    newId: randomUUID,
    wait: (ms) =>
      sleep(ms, undefined, { signal: ending.signal }).catch(() => {
        throw new InterruptedError();
      }),
  };
  const work = startWork(context);
  const consumer = openConsumer('remediate', queue, {
    handle: ({ payload }) => work.handle(payload),
    onFailed: (jobId, payload, error) => log.error({ err: error, job: jobId, payload }, 'a job failed; the sweeper takes its request up'),
    onError: onError('the queue'),
  });
  const heartbeat = startHeartbeat(store, instance, 'executor', log);
  return {
    async stop() {
      ending.abort();
      await consumer.close();
      await work.stop();
      await heartbeat.stop();
      await Promise.allSettled([remediations.close(), diagnoses.close(), ports.close(), readers.close()]);
      await store.end();
    },
  };
}

function createReaders({ settings, kubeconfig, endpoint }: FixProcessOptions) {
  const made = new Map<string, ReadClients>();
  return {
    of(target: NamedTarget): ReadClients {
      const known =
        made.get(target.name) ?? createReadClients({ target, kubeconfig, endpoint, timeoutMs: settings.diagnostics.readTimeoutMs });
      made.set(target.name, known);
      return known;
    },
    close: () => Promise.all([...made.values()].map((clients) => clients.close())),
  };
}
