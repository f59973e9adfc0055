import { App, LogLevel } from '@slack/bolt';
import { freePort } from '../../../sandbox/free-port.ts';
import type { SlackStandIn } from '../../../sandbox/slack/server.ts';

/** The real Bolt against the stand-in: a command that posts, a button that opens a modal, a submission with errors. */
export async function startApp(slack: SlackStandIn, kind: 'socket' | 'http'): Promise<App> {
  const app = new App({
    token: slack.tokens.bot,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 2, minTimeout: 50, maxTimeout: 200 } },
    ...(kind === 'socket' ? { socketMode: true, appToken: slack.tokens.app } : { signingSecret: slack.signingSecret }),
  });
  app.command('/hotswap', async ({ ack, command, client, respond }) => {
    if (command.text === 'silence') return;
    if (command.text === 'help') {
      await ack({ text: 'Usage: /hotswap diagnose latency' });
      return;
    }
    await ack();
    await respond({ text: `Looking at ${command.text}` });
    await client.chat.postMessage({
      channel: command.channel_id,
      text: 'Report',
      blocks: [
        { type: 'section', text: { type: 'mrkdwn', text: `*Report* for <@${command.user_id}>` } },
        {
          type: 'actions',
          block_id: 'fixes',
          elements: [{ type: 'button', action_id: 'scale', value: 'run-1', text: { type: 'plain_text', text: 'Scale out' } }],
        },
      ],
    });
  });
  app.action('scale', async ({ ack, client, body }) => {
    await ack();
    if (body.type !== 'block_actions') return;
    await client.views.open({
      trigger_id: body.trigger_id,
      view: {
        type: 'modal',
        callback_id: 'scale',
        private_metadata: JSON.stringify({ channel: body.channel?.id, ts: body.container.message_ts }),
        title: { type: 'plain_text', text: 'Scale out' },
        submit: { type: 'plain_text', text: 'Request' },
        blocks: [
          {
            type: 'input',
            block_id: 'replicas',
            label: { type: 'plain_text', text: 'Replicas' },
            element: { type: 'number_input', action_id: 'value', is_decimal_allowed: false, min_value: '1' },
          },
        ],
      },
    });
  });
  app.view('scale', async ({ ack, view, client, body }) => {
    const replicas = view.state.values.replicas?.value?.value;
    if (Number(replicas) > 10) {
      await ack({ response_action: 'errors', errors: { replicas: 'At most 10.' } });
      return;
    }
    await ack();
    const { channel, ts }: { channel: string; ts: string } = JSON.parse(view.private_metadata);
    await client.chat.postMessage({ channel, thread_ts: ts, text: `<@${body.user.id}> asks for ${replicas} replicas` });
  });
  app.event('app_mention', async ({ event, client, context }) => {
    await client.chat.postMessage({ channel: event.channel, thread_ts: event.ts, text: `Heard you, retry ${context.retryNum ?? 0}` });
  });
  if (kind === 'socket') {
    await app.start();
    return app;
  }
  const port = await freePort();
  await app.start(port);
  slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
  return app;
}
