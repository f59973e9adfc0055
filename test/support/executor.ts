import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach } from 'vitest';
import type { Settings } from '../../src/config/settings.ts';
import type { QueueConnection } from '../../src/queue/connection.ts';
import type { Policy } from '../../src/remediations/approvals/policy.ts';
import type { Store } from '../../src/store/pool.ts';
import { fixPolicy } from './fix-world.ts';
import type { ServiceDatabase } from './service-database.ts';

/** So long that a busy machine renews it in time; see `endLeases`. */
const LEASE_SECONDS = 60;

const children: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(children.splice(0).map(kill));
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** Lets the time pass in which nobody may go on with what a killed executor was at. */
export async function endLeases(store: Store): Promise<void> {
  await store.query("UPDATE requests SET lease_until = now() - interval '1 second' WHERE lease_until IS NOT NULL");
}

/** A real executor process. */
export interface ExecutorProcess {
  /** Ends it as a power cut would. */
  kill(): Promise<void>;
  /** Asks it to end, and waits; the exit code. */
  terminate(): Promise<number | null>;
}

export async function startExecutor(options: {
  readonly settings: Settings;
  readonly policy?: Policy;
  readonly storeUrl: string;
  /** Left out: the store's own database. */
  readonly queue?: QueueConnection;
  readonly database: ServiceDatabase;
  readonly fixUrl?: string;
  readonly instance?: string;
}): Promise<ExecutorProcess> {
  const { settings, policy = fixPolicy(), storeUrl, database, fixUrl = database.fixUrl, instance = 'executor-1' } = options;
  const { queue = { kind: 'postgres', url: storeUrl } } = options;
  const endpoints = { READ_URL: database.readUrl, FIX_URL: fixUrl, OWNER_URL: database.ownerUrl };
  const child = spawn(process.execPath, [fileURLToPath(new URL('executor-child.ts', import.meta.url))], {
    env: {
      ...process.env,
      EXECUTOR_OPTIONS: JSON.stringify({ settings, policy, storeUrl, queue, endpoints, instance, leaseSeconds: LEASE_SECONDS }),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => {
      throw new Error('the executor ended before it was ready');
    }),
  ]);
  return {
    kill: () => kill(child),
    async terminate() {
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      return typeof code === 'number' ? code : null;
    },
  };
}
