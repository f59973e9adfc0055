import type { RequestRecord } from '../remediations/approvals/record.ts';
import { activeFreeze } from '../store/freezes.ts';
import { type OutboxMessage, putMessage } from '../store/messages.ts';
import type { Queryable } from '../store/pool.ts';
import { OPEN_STATES } from '../store/requests.ts';
import { threadRootKey } from '../store/threads.ts';
import { renderUndoReminder } from './render/calls.ts';
import { withFreeze } from './render/freeze.ts';
import { renderRequest } from './render/request.ts';
import { escapeShort } from './render/text.ts';
import { drawThread } from './run-view.ts';

/** Draws the message of a request from its record, the reminder of a temporary change where there is one, and the root message that names its state, in the transaction that changed it. */
export async function drawRequest(db: Queryable, record: RequestRecord): Promise<void> {
  const moving = record.state === 'executing' || record.state === 'verifying';
  const freeze = OPEN_STATES.includes(record.state) ? await activeFreeze(db) : null;
  const { more, ...rendered } = renderRequest(record);
  const message: OutboxMessage = {
    ...(freeze === null ? rendered : withFreeze(rendered, freeze)),
    key: `request:${record.id}`,
    threadKey: threadRootKey(record.thread),
    channel: record.channel,
    urgency: moving ? 'progress' : 'result',
    recipient: { user: record.requester, responseUrl: null, instead: `Your request "${record.title}" is ${record.state}.` },
  };
  await drawThread(db, record.thread); // first: a message of a thread refers to its root
  await putMessage(db, message);
  if (record.rungs.includes('undo'))
    await putMessage(db, {
      ...{ key: `request:${record.id}:undo`, threadKey: message.threadKey, channel: record.channel, urgency: 'result' },
      ...renderUndoReminder(record),
    });
  for (const [index, blocks] of more.entries())
    await putMessage(db, {
      ...{ key: `request:${record.id}:plan-${index + 2}`, threadKey: message.threadKey, channel: record.channel, urgency: 'result' },
      ...{ text: `The plan of "${escapeShort(record.title, 200)}", part ${index + 2} of ${more.length + 1}.`, blocks },
    });
}
