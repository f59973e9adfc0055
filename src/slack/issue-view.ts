import { findIssue } from '../store/issues.ts';
import { putMessage } from '../store/messages.ts';
import type { Queryable } from '../store/pool.ts';
import { threadRootKey } from '../store/threads.ts';
import { renderIssue } from './render/issue.ts';

/** Draws the message of a thread's GitHub issue from the store, in the transaction that changed it. */
export async function drawIssue(db: Queryable, threadId: string): Promise<void> {
  const issue = await findIssue(db, threadId);
  if (issue === null) return;
  await putMessage(db, {
    ...renderIssue(issue),
    key: `issue:${threadId}`,
    threadKey: threadRootKey(threadId),
    channel: issue.channel,
    urgency: 'result',
  });
}
