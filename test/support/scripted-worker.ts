import { setTimeout as sleep } from 'node:timers/promises';
import { runMain, stopOnSignals } from '../../src/bot/shutdown.ts';
import { startWorkerProcess } from '../../src/bot/worker-process.ts';
import { loadConfiguration } from '../../src/config/environment.ts';
import { createLogger } from '../../src/config/logger.ts';
import { chooseQueueConnection } from '../../src/queue/connection.ts';
import { openStore } from '../../src/store/pool.ts';
import { lockReport } from './reports.ts';

const STEPS = ['Pods', 'Latency', 'Locks', 'Statements', 'Autoscaler'];

/** The worker's process with an engine that needs STEP_MS for a step and always finds the same lock chain. */
async function main(): Promise<void> {
  const { settings, variables } = loadConfiguration({ names: ['LOG_LEVEL', 'STORE_DATABASE_URL', 'REDIS_URL'], access: 'none' });
  const log = createLogger('worker', variables.LOG_LEVEL);
  const store = openStore({ url: variables.STORE_DATABASE_URL, application: 'hotswap-worker', onError: () => {} });
  const worker = startWorkerProcess({
    store,
    queue: chooseQueueConnection(variables),
    settings,
    instance: `worker-${process.pid}`,
    log,
    readSeal: async () => null,
    readStatements: async () => null,
    now: () => new Date(),
    engine: {
      async diagnose({ target, previous, onProgress }) {
        for (const title of STEPS) onProgress({ id: title, title, status: 'pending', detail: null });
        for (const title of STEPS) {
          onProgress({ id: title, title, status: 'in_progress', detail: null });
          await sleep(Number(process.env.STEP_MS));
          onProgress({ id: title, title, status: 'complete', detail: 'looked at' });
        }
        return { report: lockReport({ target: target.name, changes: previous === null ? [] : ['Nothing has changed.'] }), later: null };
      },
    },
  });
  log.info('ready');
  stopOnSignals(log, 20_000, async () => {
    await worker.stop();
    await store.end();
  });
}

runMain(main);
