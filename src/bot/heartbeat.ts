import type { Logger } from '../config/logger.ts';
import type { Store } from '../store/pool.ts';
import { beat, leave, type Role } from '../store/processes.ts';

const EVERY_MS = 2_000;

/** Tells the store that this process lives, until stopped. */
export function startHeartbeat(store: Store, instance: string, role: Role, log: Logger): { stop(): Promise<void> } {
  const tell = () =>
    beat(store, instance, role).catch((error: unknown) => log.warn({ err: error }, 'the heartbeat did not reach the store'));
  void tell();
  const timer = setInterval(tell, EVERY_MS);
  return {
    async stop() {
      clearInterval(timer);
      await leave(store, instance).catch(() => {}); // it is forgotten after a while anyway
    },
  };
}
