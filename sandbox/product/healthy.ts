import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessStatus } from './supervisor.ts';

/** A host that is busy with other things needs minutes for what takes seconds otherwise. */
const WITHIN_MS = 600_000;
const ASK_EVERY_MS = 150;
/** Ended by itself so often, it will not come up the next time either. */
const MOST_RESTARTS = 5;

interface Starting {
  /** Whether the bot says that it is healthy. */
  isHealthy(): Promise<boolean>;
  status(): readonly ProcessStatus[];
  readonly withinMs?: number;
}

/**
 * Resolves when all processes run and the bot is healthy. As long as they run they are waited for; one that ends again and again
 * is not. @throws naming what did not come up
 */
export async function untilHealthy({ isHealthy, status, withinMs = WITHIN_MS }: Starting): Promise<void> {
  const until = performance.now() + withinMs;
  for (;;) {
    if ((await isHealthy()) && status().every(({ running }) => running)) return;
    const ending = status().find(({ restarts }) => restarts >= MOST_RESTARTS);
    if (ending !== undefined)
      throw new Error(`${ending.name} ended ${ending.restarts} times (${ending.lastExit}); its last lines stand above`);
    if (performance.now() >= until) throw new Error(`the bot did not become healthy within ${withinMs / 60_000} minutes`);
    await delay(ASK_EVERY_MS);
  }
}
