import type { Rung } from '../remediations/approvals/ladder.ts';
import type { RequestRecord } from '../remediations/approvals/record.ts';
import { activeFreeze } from '../store/freezes.ts';
import { type OutboxMessage, putMessage } from '../store/messages.ts';
import type { Queryable } from '../store/pool.ts';
import { OPEN_STATES } from '../store/requests.ts';
import { threadRootKey } from '../store/threads.ts';
import { renderCallOver, renderUndoReminder } from './render/calls.ts';
import { withFreeze } from './render/freeze.ts';
import type { RenderedMessage } from './render/report.ts';
import { renderRequest } from './render/request.ts';
import { escapeShort } from './render/text.ts';
import { drawThread } from './run-view.ts';

/** Draws the message of a request from its record, the calls about it that are not true any more, and the root message that names its state, in the transaction that changed it. */
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
  for (const [rung, call] of callsOf(record))
    await putMessage(db, {
      ...{ key: `request:${record.id}:${rung}`, threadKey: message.threadKey, channel: record.channel, urgency: 'result' },
      ...call,
    });
  for (const [index, blocks] of more.entries())
    await putMessage(db, {
      ...{ key: `request:${record.id}:plan-${index + 2}`, threadKey: message.threadKey, channel: record.channel, urgency: 'result' },
      ...{ text: `The plan of "${escapeShort(record.title, 200)}", part ${index + 2} of ${more.length + 1}.`, blocks },
    });
}

/** People who were called need not come any more once it is decided. */
function callsOf(record: RequestRecord): (readonly [Rung, RenderedMessage])[] {
  const over =
    record.state === 'awaiting-approval' ? [] : (['remind', 'widen'] as const).map((rung) => [rung, renderCallOver(record)] as const);
  const calls = [...over, ['undo', renderUndoReminder(record)] as const];
  return calls.filter(([rung]) => record.rungs.includes(rung));
}
