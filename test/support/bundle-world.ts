import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebClient } from '@slack/web-api';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import { type SlackStandIn, startSlack } from '../../sandbox/slack/server.ts';
import { defaultWorkspace } from '../../sandbox/slack/workspace.ts';
import { createBundleJob } from '../../src/bot/bundle-job.ts';
import { startBundles } from '../../src/bot/bundles.ts';
import { slackLogger } from '../../src/bot/slack-logger.ts';
import { bundleContents } from '../../src/bundle/contents.ts';
import type { Collector } from '../../src/bundle/types.ts';
import { createReadClients } from '../../src/clients/read-clients.ts';
import { openProducer, type Producer } from '../../src/queue/producer.ts';
import { drawBundle } from '../../src/slack/bundle-view.ts';
import { startSender } from '../../src/slack/sender.ts';
import { type BundleRecord, findBundle, insertBundle } from '../../src/store/bundles.ts';
import { type Store, transaction } from '../../src/store/pool.ts';
import { createThread } from '../../src/store/threads.ts';
import { NO_REGISTRY } from './bundles.ts';
import { fixSettings } from './fix-world.ts';
import { until } from './service-database.ts';
import { createStore } from './store.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const NO_QUEUE: Producer<'bundle'> = { add: async () => {}, state: async () => 'waiting', close: async () => {} };
const log = pino({ level: 'silent' });

/** The stand-in for Slack, the store, the bot's part and its outbox; the worker's part is started by the test. */
export interface BundleWorld {
  readonly store: Store;
  /** Address of the store. */
  readonly url: string;
  readonly slack: SlackStandIn;
  /** Where temporary files go. */
  readonly folder: string;
  /** Asks for a bundle in a thread of its own. */
  ask(): Promise<BundleRecord>;
  /** Collects and sends it, as a worker of that name. Resolves when the worker is done with it. */
  work(bundle: BundleRecord, options: WorkOptions): Promise<void>;
  becomes(bundle: BundleRecord, state: BundleRecord['state']): Promise<BundleRecord>;
}

interface WorkOptions {
  readonly collectors: readonly Collector[];
  readonly instance?: string;
  readonly signal?: AbortSignal;
  readonly folder?: string;
  readonly secrets?: readonly string[];
  /** Where it is earlier than it is, the bot does not wait before it asks for another address. */
  readonly now?: () => Date;
}

/** @param queue whether a bundle that is asked for goes into the queue, where a worker of its own finds it */
export async function bundleWorld({ queue = false }: { readonly queue?: boolean } = {}): Promise<BundleWorld> {
  const { store, url } = await createStore();
  const slack = await startSlack({ mode: { kind: 'socket' } });
  closing.push(() => slack.close());
  const folder = await mkdtemp(join(tmpdir(), 'bundle-world-'));
  closing.push(() => rm(folder, { recursive: true, force: true }));
  const logger = slackLogger(log);
  const client = new WebClient(slack.tokens.bot, {
    ...{ slackApiUrl: slack.apiUrl, logger, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, timeout: 10_000 },
  });
  const sender = startSender({ store, client, instance: 'bot', log, onUnreachable: async () => {} });
  closing.push(() => sender.stop());
  const bundles = queue ? openProducer('bundle', { kind: 'postgres', url }, () => {}) : NO_QUEUE;
  closing.push(() => bundles.close());
  const files = startBundles({ store, client, bundles, log, now: () => new Date() });
  closing.push(() => files.stop());
  const settings = fixSettings({ appRole: 'hotswap' });
  const channel = defaultWorkspace().channels[0]?.id ?? '';
  return {
    store,
    url,
    slack,
    folder,
    async ask() {
      const asked = await transaction(store, async (db) => {
        const threadId = randomUUID();
        await createThread(db, { id: threadId, channel, topic: null, target: 'production', requestedBy: 'U1' });
        const told = { symptom: 'slow', since: '', changes: '' };
        const asked = { id: randomUUID(), threadId, channel, target: 'production', requestedBy: 'U1', told, sinceSeconds: 900 };
        const bundle = await insertBundle(db, asked);
        await drawBundle(db, bundle);
        return bundle;
      });
      await bundles.add({ bundleId: asked.id }, { jobId: asked.id, timeoutMs: 60_000 });
      return asked;
    },
    async work(bundle, { collectors, instance = 'worker', signal, folder: other = folder, secrets = [], now = () => new Date() }) {
      const job = createBundleJob({
        ...{ store, settings, instance, log, secrets, botVersion: '1.2.3', folder: other, now },
        signal: signal ?? new AbortController().signal,
        openClients: (target) => createReadClients({ target, kubeconfig: undefined, endpoint: () => undefined, timeoutMs: 1_000 }),
        incident: async () => ({ report: async () => null, fixes: [], requests: [] }),
        contents: (incident) => bundleContents(collectors, NO_REGISTRY, incident),
      });
      await job.handle({ bundleId: bundle.id });
    },
    async becomes(bundle, state) {
      const look = () => findBundle(store, bundle.id);
      await until(async () => (await look())?.state === state, `the bundle becomes ${state}`).catch(async (error: unknown) => {
        throw new Error(`${String(error)}; it is ${JSON.stringify(await look())}`);
      });
      const found = await look();
      if (found === null) throw new Error('the bundle is gone');
      return found;
    },
  };
}
