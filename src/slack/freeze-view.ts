import { type Freeze, holdActiveFreeze } from '../store/freezes.ts';
import { putMessage } from '../store/messages.ts';
import { type Queryable, type Store, transaction } from '../store/pool.ts';
import { countApproved } from '../store/requests.ts';
import { renderBanner } from './render/freeze.ts';

/** The key of a freeze's banner in a channel. */
const bannerKey = (freezeId: string, channel: string): string => `freeze:${freezeId}:${channel}`;

/** Draws the banner of a freeze in each channel, as the freeze is now; while it stands it is pinned. */
export async function drawBanners(db: Queryable, freeze: Freeze, channels: readonly string[]): Promise<void> {
  const waiting = await countApproved(db);
  for (const channel of new Set(channels))
    await putMessage(db, {
      ...renderBanner(freeze, waiting),
      key: bannerKey(freeze.id, channel),
      threadKey: null,
      channel,
      urgency: 'result',
      pinned: freeze.lifted === null,
    });
}

/** Draws the banner of the freeze that stands, if one does. Whoever lifts it meanwhile draws it after this. */
export async function drawActiveBanners(store: Store, channels: readonly string[]): Promise<void> {
  await transaction(store, async (db) => {
    const freeze = await holdActiveFreeze(db);
    if (freeze !== null) await drawBanners(db, freeze, channels);
  });
}
