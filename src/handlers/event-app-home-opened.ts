import { header, section } from '../slack/render/blocks.ts';
import { vocabularyFor } from './diagnose.ts';
import type { RegisterHandler } from './types.ts';
import { helpText } from './usage.ts';
import { HELP } from './verbs.ts';

/** The bot's Home: what it can do and where. */
export const registerHome: RegisterHandler = (app, context) => {
  app.event('app_home_opened', async ({ event, client }) => {
    if (event.tab !== 'home') return;
    const channels = context.settings.slack.channels.map(({ id, target }) => `<#${id}> (${target})`).join(', ');
    try {
      await client.views.publish({
        user_id: event.user,
        view: {
          type: 'home',
          blocks: [
            header('Hotswap Bot'),
            section(helpText(HELP, vocabularyFor('', context))),
            section(`Type a command in ${channels}. When Slack is down, run \`npx hotswap diagnose\` in a terminal.`),
          ],
        },
      });
    } catch (error) {
      context.log.error({ err: error, user: event.user }, 'the Home could not be shown');
    }
  });
};
