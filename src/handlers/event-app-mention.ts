import { takeUpInteraction } from '../store/interactions.ts';
import { vocabularyFor } from './diagnose.ts';
import type { RegisterHandler } from './types.ts';
import { helpText } from './usage.ts';
import { HELP } from './verbs.ts';

/** A mention is answered with the help, in its thread: commands are typed with a slash. */
export const registerMention: RegisterHandler = (app, context) => {
  app.event('app_mention', async ({ event, body, client }) => {
    try {
      if (!(await takeUpInteraction(context.store, `event ${body.event_id}`))) return;
      const text = helpText(HELP, vocabularyFor(event.channel, context));
      await client.chat.postMessage({ channel: event.channel, thread_ts: event.thread_ts ?? event.ts, text });
    } catch (error) {
      context.log.error({ err: error, channel: event.channel }, 'a mention could not be answered');
    }
  });
};
