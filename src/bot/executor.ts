import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { loadConfiguration } from '../config/environment.ts';
import { createLogger } from '../config/logger.ts';
import { loadRegistry } from '../diagnostics/registry.ts';
import { chooseQueueConnection } from '../queue/connection.ts';
import { loadRemediations } from '../remediations/registry.ts';
import { examineTopic } from './examine.ts';
import { startFixProcess } from './fix-process.ts';
import { openPolicy } from './policy.ts';
import { runMain, stopOnSignals } from './shutdown.ts';

const DEADLINE_MS = 25_000;

/** The process that changes things: the only one with write credentials. It takes remediation jobs alone, and has no Slack token. */
async function main(): Promise<void> {
  const { settings, variables, endpoint, secrets } = loadConfiguration({
    names: ['LOG_LEVEL', 'STORE_DATABASE_URL', 'REDIS_URL', 'KUBECONFIG', 'APPROVERS_USERGROUP', 'HOTSWAP_POLICY', 'HOTSWAP_DRY_RUN'],
    access: 'fix',
  });
  const log = createLogger('executor', variables.LOG_LEVEL);
  const policy = openPolicy(variables, log);
  const [registry, offered] = await Promise.all([loadRegistry(), loadRemediations()]);
  const remediations = new Set(offered.keys());
  const instance = `executor-${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  const executor = await startFixProcess({
    settings,
    policy,
    storeUrl: variables.STORE_DATABASE_URL,
    queue: chooseQueueConnection(variables),
    kubeconfig: variables.KUBECONFIG,
    endpoint,
    secrets,
    instance,
    dryRun: variables.HOTSWAP_DRY_RUN,
    log,
    examine: (question, clients, store, signal) =>
      examineTopic({ settings, registry, remediations, secrets, log }, question, clients, store, signal),
  });
  log.info({ instance, dryRun: variables.HOTSWAP_DRY_RUN, targets: Object.keys(settings.targets) }, 'ready');
  stopOnSignals(log, DEADLINE_MS, async () => {
    policy.close();
    await executor.stop();
  });
}

runMain(main);
