import type { Logger } from '../config/logger.ts';
import { drawActiveBanners } from '../slack/freeze-view.ts';
import type { Store } from '../store/pool.ts';
import type { Requests } from '../store/requests.ts';
import { startLoop } from './loop.ts';

const EVERY_MS = 20_000;

/**
 * Draws the messages of open requests, and the banner of a freeze, again and again from what the store says. Where nothing has
 * changed nothing is sent; what a process that died had not drawn is drawn. Any number of processes may.
 */
export function startRedraw(options: {
  readonly store: Store;
  readonly requests: Pick<Requests, 'listOpen' | 'redraw'>;
  readonly channels: readonly string[];
  readonly log: Logger;
}): { stop(): Promise<void> } {
  const { store, requests, channels, log } = options;
  return startLoop('messages could not be drawn again', EVERY_MS, log, async () => {
    for (const id of await requests.listOpen()) await requests.redraw(id);
    await drawActiveBanners(store, channels);
  });
}
