import type { RequestRecord } from '../remediations/approvals/record.ts';
import { type OutboxMessage, putMessage } from '../store/messages.ts';
import type { Queryable } from '../store/pool.ts';
import { threadRootKey } from '../store/threads.ts';
import { renderRequest } from './render/request.ts';
import { drawThread } from './run-view.ts';

/** Draws the message of a request from its record, and the root message that names its state, in the transaction that changed it. */
export async function drawRequest(db: Queryable, record: RequestRecord): Promise<void> {
  const moving = record.state === 'executing' || record.state === 'verifying';
  const message: OutboxMessage = {
    ...renderRequest(record),
    key: `request:${record.id}`,
    threadKey: threadRootKey(record.thread),
    channel: record.channel,
    urgency: moving ? 'progress' : 'result',
    recipient: { user: record.requester, responseUrl: null, instead: `Your request "${record.title}" is ${record.state}.` },
  };
  await drawThread(db, record.thread); // first: a message of a thread refers to its root
  await putMessage(db, message);
}
