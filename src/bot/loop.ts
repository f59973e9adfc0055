import type { Logger } from '../config/logger.ts';

export interface Loop {
  /** Does a round at once; where one is under way, another right after it. */
  wake(): void;
  /** Begins no more rounds and waits for the one under way. */
  stop(): Promise<void>;
}

/** Does something now and every so often until stopped, one round after the other; a round that fails is logged under `trouble`. */
export function startLoop(trouble: string, everyMs: number, log: Logger, round: () => Promise<void>): Loop {
  let current: Promise<void> = Promise.resolve();
  let busy = false;
  let again = false;
  let stopped = false;
  const tick = (): void => {
    if (busy || stopped) return;
    busy = true;
    again = false;
    current = round()
      .catch((error: unknown) => log.warn({ err: error }, trouble))
      .finally(() => {
        busy = false;
        if (again) tick();
      });
  };
  const timer = setInterval(tick, everyMs);
  tick();
  return {
    wake() {
      again = busy;
      tick();
    },
    async stop() {
      stopped = true;
      clearInterval(timer);
      await current;
    },
  };
}
