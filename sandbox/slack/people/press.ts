import type { Core } from '../core.ts';
import { channelShape, messageShape } from '../shapes.ts';
import { common, type Outcome, refused } from './act.ts';

interface Press {
  readonly user: string;
  readonly channel: string;
  readonly actionId: string;
  readonly value: string;
}

/**
 * A person presses a button that the newest message of the app in a channel does not show: an old copy of a message, in a client that has
 * not heard of its change yet, or one that this workspace is slow to show.
 */
export async function press(core: Core, { user, channel: id, actionId, value }: Press): Promise<Outcome> {
  const channel = core.state.channels.get(id);
  if (!channel || !core.state.mayRead(user, channel)) return refused('channel_not_found', 'You cannot see this channel.');
  const message = core.state.messages.findLast((one) => one.channel === id && one.byApp && one.onlyFor === undefined);
  if (!message) return refused('message_not_found', 'The app has written nothing here.');
  const { ts, threadTs } = message;
  const target = { channel: id, user, messageTs: ts, ...(threadTs === undefined ? {} : { threadTs }) };
  const ack = await core.dispatcher.interact('interactive', 'block_actions', {
    type: 'block_actions',
    ...common(core, user),
    container: {
      type: 'message',
      message_ts: ts,
      channel_id: id,
      is_ephemeral: false,
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    },
    channel: { id, name: channelShape(core.state, channel).name ?? 'directmessage' },
    message: messageShape(core.state, message),
    state: { values: {} },
    response_url: core.baseUrl + core.responseUrls.create(target, Date.now()),
    actions: [
      {
        type: 'button',
        action_id: actionId,
        block_id: 'old',
        action_ts: String(Date.now() / 1000),
        text: { type: 'plain_text', text: 'Press' },
        value,
      },
    ],
  });
  if (ack.ok) return { ok: true };
  return refused(
    ack.reason.endsWith('timeout') ? 'operation_timeout' : 'dispatch_failed',
    `${core.state.workspace.app.name} did not answer.`,
  );
}
