import type { Logger } from '../config/logger.ts';
import { renderAnchor } from '../slack/render/audit.ts';
import { anchorDay } from '../store/anchors.ts';
import { putMessage } from '../store/messages.ts';
import type { Store } from '../store/pool.ts';
import { startLoop } from './loop.ts';

const EVERY_MS = 30_000;

/**
 * Posts the head of the audit trail to the channel and to the log, once a day (UTC) whatever number of processes do this, until
 * stopped. Neither can be changed from the store.
 */
export function startAnchors(options: { readonly store: Store; readonly channel: string; readonly log: Logger; now(): Date }): {
  stop(): Promise<void>;
} {
  const { store, channel, log, now } = options;
  return startLoop('the audit trail could not be anchored', EVERY_MS, log, async () => {
    const anchor = await anchorDay(store, now(), (db, made) =>
      putMessage(db, { ...renderAnchor(made), key: `audit:anchor:${made.day}`, threadKey: null, channel, urgency: 'result' }),
    );
    if (anchor !== null) log.info({ anchor }, 'the audit trail is anchored');
  });
}
