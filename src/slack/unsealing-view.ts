import { putMessage } from '../store/messages.ts';
import { type Queryable, type Store, transaction } from '../store/pool.ts';
import { lockThread, type Thread, threadRootKey } from '../store/threads.ts';
import { findUnsealing, saveUnsealing, type Unsealing } from '../store/unsealings.ts';
import { renderUnsealing } from './render/unsealing.ts';

/** Changes what is known of an unsealing and draws its message from it, in one transaction under the thread's lock. One that has ended stays as it is. */
export async function changeUnsealing(
  store: Store,
  threadId: string,
  target: string,
  change: (current: Unsealing) => Unsealing,
): Promise<void> {
  await transaction(store, async (db) => {
    const thread = await lockThread(db, threadId);
    const current = await findUnsealing(db, threadId, target);
    if (thread === null || current?.state !== 'watching') return;
    const changed = change(current);
    await saveUnsealing(db, changed);
    await draw(db, thread, changed);
  });
}

/** Draws the message of an unsealing as it stands in the store. */
export async function showUnsealing(store: Store, threadId: string, target: string): Promise<void> {
  await transaction(store, async (db) => {
    const thread = await lockThread(db, threadId);
    const current = await findUnsealing(db, threadId, target);
    if (thread !== null && current !== null) await draw(db, thread, current);
  });
}

async function draw(db: Queryable, thread: Thread, unsealing: Unsealing): Promise<void> {
  await putMessage(db, {
    ...renderUnsealing(unsealing),
    key: `unsealing:${thread.id}:${unsealing.target}`,
    threadKey: threadRootKey(thread.id),
    channel: thread.channel,
    urgency: unsealing.state === 'watching' ? 'progress' : 'result',
    recipient: {
      user: thread.requestedBy,
      responseUrl: null,
      instead: 'Vault is sealed: in a terminal, `npx hotswap diagnose vault` says where.',
    },
  });
}
