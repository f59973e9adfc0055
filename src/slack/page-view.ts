import { putMessage } from '../store/messages.ts';
import type { Queryable } from '../store/pool.ts';
import { findThreadPage } from '../store/thread-pages.ts';
import { threadRootKey } from '../store/threads.ts';
import { renderThreadPage } from './render/page.ts';

/** Draws the message of a thread's page from the store, in the transaction that changed it. A page after one that ended has its own. */
export async function drawThreadPage(db: Queryable, threadId: string): Promise<void> {
  const page = await findThreadPage(db, threadId);
  if (page === null) return;
  await putMessage(db, {
    ...renderThreadPage(page),
    key: `page:${threadId}:${page.round}`,
    threadKey: threadRootKey(threadId),
    channel: page.channel,
    urgency: 'result',
  });
}
