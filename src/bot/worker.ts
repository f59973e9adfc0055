import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { bundleContents, loadCollectors } from '../bundle/contents.ts';
import { createReadClients, type ReadClients } from '../clients/read-clients.ts';
import { loadConfiguration } from '../config/environment.ts';
import { createLogger } from '../config/logger.ts';
import { findTarget } from '../config/settings.ts';
import { ownVersion } from '../config/version.ts';
import { sealsOf } from '../diagnostics/evidence/vault-seal.ts';
import { loadRegistry } from '../diagnostics/registry.ts';
import { chooseQueueConnection } from '../queue/connection.ts';
import { loadRemediations } from '../remediations/registry.ts';
import { openStore } from '../store/pool.ts';
import { mustHaveTables } from '../store/schema.ts';
import { incidentOfBundle } from './bundle-incident.ts';
import { createEngine, readStatements } from './engine.ts';
import { runMain, stopOnSignals } from './shutdown.ts';
import { startWorkerProcess } from './worker-process.ts';

const DEADLINE_MS = 25_000;

/** The process that looks: takes runs from the queue and reads the systems of each target. It can change nothing, and has no Slack token. */
async function main(): Promise<void> {
  const { settings, variables, endpoint, secrets } = loadConfiguration({
    names: ['LOG_LEVEL', 'STORE_DATABASE_URL', 'REDIS_URL', 'KUBECONFIG', 'GUIDE_URL', 'RUNBOOK_URL'],
    access: 'read',
  });
  const log = createLogger('worker', variables.LOG_LEVEL);
  const [registry, offered, collectors] = await Promise.all([loadRegistry(), loadRemediations(), loadCollectors()]);
  const remediations = new Set(offered.keys());
  const onError = (error: Error) => log.warn({ err: error }, 'the store is in trouble');
  const store = openStore({ url: variables.STORE_DATABASE_URL, application: 'hotswap-worker', onError });
  await mustHaveTables(store);
  const { readTimeoutMs } = settings.diagnostics;

  const clients = new Map<string, ReadClients>();
  for (const name of Object.keys(settings.targets)) {
    const target = findTarget(settings, name);
    if (target !== undefined)
      clients.set(name, createReadClients({ target, kubeconfig: variables.KUBECONFIG, endpoint, timeoutMs: readTimeoutMs }));
  }
  const clientsOf = (name: string): ReadClients => {
    const found = clients.get(name);
    if (found === undefined) throw new Error(`there is no target ${name}`);
    return found;
  };

  const instance = `worker-${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const now = () => new Date();
  const engine = createEngine({
    ...{ store, settings, registry, remediations, secrets, log, now },
    links: { guideUrl: variables.GUIDE_URL, runbookUrl: variables.RUNBOOK_URL },
    clients: ({ name }) => clientsOf(name),
  });
  const worker = startWorkerProcess({
    store,
    queue: chooseQueueConnection(variables),
    settings,
    engine,
    bundling: {
      botVersion: ownVersion(),
      secrets,
      openClients: (target) =>
        createReadClients({ target, kubeconfig: variables.KUBECONFIG, endpoint, timeoutMs: settings.bundle.readTimeoutMs }),
      incident: (bundle, target, signal) => incidentOfBundle(bundle, { db: store, engine, target, signal }),
      contents: (incident) => bundleContents(collectors, registry, incident),
    },
    instance,
    log,
    readStatements: async (name) => {
      const target = findTarget(settings, name);
      return target === undefined ? null : readStatements(target, clientsOf(name), readTimeoutMs, log);
    },
    readSeal: async (name) => {
      const vault = findTarget(settings, name)?.vault;
      return vault === undefined ? null : sealsOf({ clients: clientsOf(name), signal: AbortSignal.timeout(readTimeoutMs) });
    },
    now,
  });
  log.info({ instance, targets: [...clients.keys()] }, 'ready');

  stopOnSignals(log, DEADLINE_MS, async () => {
    await worker.stop();
    await Promise.allSettled([...clients.values()].map((reader) => reader.close()));
    await store.end();
  });
}

runMain(main);
