import type { App, RespondFn } from '@slack/bolt';
import { parseCommand } from './command.ts';
import { beginEnquiry, vocabularyFor } from './diagnose.ts';
import type { FixContext } from './fix-context.ts';
import { explain, Refusal } from './refusal.ts';
import type { Asked } from './types.ts';
import { helpText, misunderstoodText } from './usage.ts';
import { HELP, VERBS } from './verbs.ts';

/** `/hotswap …`: one answer, only to the person who typed it; whatever else follows is shown in a thread. */
export function registerCommand(app: App, context: FixContext): void {
  app.command('/hotswap', async ({ command, ack, respond }) => {
    const asked: Asked = {
      user: command.user_id,
      channel: command.channel_id,
      team: command.team_id,
      triggerId: command.trigger_id,
      responseUrl: command.response_url,
      follow: (text) => follow(respond, text, command.user_id, context),
    };
    await ack({ response_type: 'ephemeral', text: await answer(command.text, asked, context) });
  });
}

async function follow(respond: RespondFn, text: string, user: string, { log }: FixContext): Promise<void> {
  try {
    await respond({ response_type: 'ephemeral', text });
  } catch (error) {
    log.error({ err: error, user }, 'the answer to a command could not be given');
  }
}

/** The answer to a command, in any case: a result, a refusal, or an id to quote. */
async function answer(text: string, asked: Asked, context: FixContext): Promise<string> {
  try {
    return await dispatch(text, asked, context);
  } catch (error) {
    const { text: told, id } = explain(error, context.newId, 'In a terminal you can run `npx hotswap diagnose`.');
    if (id !== null) context.log.error({ err: error, id, user: asked.user }, 'a command failed');
    return told;
  }
}

async function dispatch(text: string, asked: Asked, context: FixContext): Promise<string> {
  const vocabulary = vocabularyFor(
    asked.channel,
    context,
    VERBS.map(({ name }) => name),
  );
  const command = parseCommand(text, vocabulary);
  if (command.kind === 'misunderstood') return misunderstoodText(command, vocabulary);
  if (command.kind !== 'verb') {
    checkChannel(asked.channel, context);
    return beginEnquiry(command, asked, context);
  }
  const verb = VERBS.find(({ name }) => name === command.verb);
  if (verb === undefined) throw new Refusal(helpText(HELP, vocabulary));
  if (verb.anywhere !== true) checkChannel(asked.channel, context);
  return verb.answer(command.words, asked, context);
}

function checkChannel(channel: string, { settings }: FixContext): void {
  const { channels } = settings.slack;
  if (channels.some(({ id }) => id === channel)) return;
  const names = channels.map(({ id, target }) => `<#${id}> (${target})`).join(', ');
  throw new Refusal(`I do not work in this channel. I do in: ${names}.`);
}
