import type { App, MessageShortcut } from '@slack/bolt';
import { writeHandover } from '../slack/handover-view.ts';
import { actionPattern } from '../slack/render/actions.ts';
import { HELP } from '../slack/render/help-actions.ts';
import { threadOfMessage } from '../store/incidents.ts';
import { takeUpInteraction } from '../store/interactions.ts';
import type { Thread } from '../store/threads.ts';
import { answerKnown } from './answer-known.ts';
import type { FixContext } from './fix-context.ts';
import { checkSomebody, mustBeSomebody } from './fix-standing.ts';
import { incidentNamed, incidentOf } from './incident.ts';
import { onPress } from './listen.ts';
import { explain, Refusal } from './refusal.ts';
import type { Verb } from './verb.ts';

/** Writes a handover note into the thread of an incident; in a thread itself Slack has no commands, but the button and the shortcut. */
export const handoverVerb: Verb = {
  name: 'handover',
  usage: '/hotswap handover [incident]',
  purpose: 'write into the thread of the newest incident, or of that one, what happened, what was tried and what is open',
  answer: (words, asked, context) =>
    answerKnown(asked, context, async (facts) => {
      checkSomebody(facts);
      const { thread, link } = await incidentNamed(context.store, words, asked.channel);
      await write(thread, asked.user, context);
      return `The handover note comes ${link === null ? 'in the thread' : `<${link}|in the thread>`} of incident \`${thread.id.slice(0, 8)}\`.`;
    }),
};

/** The button under a report, and the message shortcut. */
export function registerHandover(app: App, context: FixContext): void {
  onPress(app, actionPattern(HELP.handover), context, async ({ value, user, channel }) => {
    const { thread } = await incidentOf(context.store, value);
    await mustBeSomebody(context, user, channel ?? thread.channel);
    await write(thread, user, context);
  });
  app.shortcut<MessageShortcut>({ type: 'message_action', callback_id: HELP.handoverShortcut }, async ({ ack, shortcut, respond }) => {
    await ack();
    try {
      if (!(await takeUpInteraction(context.store, `shortcut ${shortcut.trigger_id}`))) return;
      const { channel, message, message_ts, user } = shortcut;
      const root = typeof message.thread_ts === 'string' ? message.thread_ts : message_ts;
      const thread = await threadOfMessage(context.store, channel.id, root);
      if (thread === null)
        throw new Refusal('This message is in no thread of mine. Use the shortcut on a message in the thread of an incident.');
      await mustBeSomebody(context, user.id, channel.id);
      await write(thread, user.id, context);
    } catch (error) {
      const { text, id } = explain(error, context.newId);
      if (id !== null) context.log.error({ err: error, id }, 'a handover note could not be written');
      await respond({ response_type: 'ephemeral', text }).catch((failure: unknown) =>
        context.log.error({ err: failure, user: shortcut.user.id }, 'an answer could not be given'),
      );
    }
  });
}

function write(thread: Thread, by: string, { store, newId, now }: FixContext): Promise<void> {
  return writeHandover(store, thread, { id: newId(), by, at: now() });
}
