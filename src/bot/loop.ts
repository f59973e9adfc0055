import type { Logger } from '../config/logger.ts';

/** Does something every so often until stopped, one round after the other; a round that fails is logged under `trouble`. */
export function startLoop(trouble: string, everyMs: number, log: Logger, round: () => Promise<void>): { stop(): Promise<void> } {
  let current: Promise<void> = Promise.resolve();
  let busy = false;
  const tick = (): void => {
    if (busy) return;
    busy = true;
    current = round()
      .catch((error: unknown) => log.warn({ err: error }, trouble))
      .finally(() => {
        busy = false;
      });
  };
  const timer = setInterval(tick, everyMs);
  tick();
  return {
    async stop() {
      clearInterval(timer);
      await current;
    },
  };
}
