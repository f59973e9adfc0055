import { createServer, type IncomingMessage, type Server } from 'node:http';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SlackStandIn, startSlack } from '../../../sandbox/slack/server.ts';
import { channels, people } from '../../../sandbox/slack/workspace.ts';

/** An app that answers by hand, so that each test says what comes back. */
type Answer = { status?: number; body?: unknown; headers?: Record<string, string> };
interface Received {
  headers: IncomingMessage['headers'];
  payload: Record<string, unknown>;
}

let slack: SlackStandIn;
let web: WebClient;
let server: Server;
let received: Received[];
let answer: (payload: Record<string, unknown>) => Answer;

beforeEach(async () => {
  received = [];
  answer = () => ({});
  server = createServer(async (request, response) => {
    const body = (await request.toArray()).join('');
    const form = new URLSearchParams(body);
    const text = form.get('payload') ?? (body.startsWith('{') ? body : JSON.stringify(Object.fromEntries(form)));
    const payload: Record<string, unknown> = JSON.parse(text);
    received.push({ headers: request.headers, payload });
    const { status = 200, body: sent, headers = {} } = answer(payload);
    response.writeHead(status, headers).end(sent === undefined ? '' : JSON.stringify(sent));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  slack = await startSlack({
    mode: { kind: 'http', requestUrl: `http://127.0.0.1:${port}/` },
    timing: { ackMs: 500, eventRetryMs: [0, 10, 20] },
  });
  web = new WebClient(slack.tokens.bot, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
});
afterEach(async () => {
  await slack.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const plain = (text: string) => ({ type: 'plain_text' as const, text });
const button = { type: 'actions', elements: [{ type: 'button', action_id: 'go', value: 'run-1', text: plain('Go') }] };
const modal = (title: string) => ({
  type: 'modal' as const,
  title: plain(title),
  submit: plain('Go'),
  blocks: [
    {
      type: 'input' as const,
      block_id: 'why',
      label: plain('Why'),
      element: { type: 'plain_text_input' as const, action_id: 'text', min_length: 3 },
    },
  ],
});
const last = () => received.at(-1)?.payload ?? {};
const post = () => web.chat.postMessage({ channel: channels.support, text: 'root', blocks: [button] });
const press = (ts: string | undefined, user: string = people.ana) =>
  slack.control.click({ user, channel: channels.support, ts, label: 'Go' });

async function openModal(): Promise<string> {
  await slack.control.say({ user: people.ana, channel: channels.support, text: '/hotswap x' });
  const opened = await web.views.open({ trigger_id: String(last().trigger_id), view: modal('One') });
  return String(opened.view?.id);
}

describe('events over HTTP', () => {
  const mention = () => slack.control.say({ user: people.ana, channel: channels.support, text: '@hotswap hello' });
  const settled = (count: number) =>
    slack.control.waitFor(`${count} attempts`, async () =>
      (await slack.control.deliveries()).filter((item) => item.outcome !== 'pending').length >= count ? true : undefined,
    );

  it('are repeated with their number and the reason', async () => {
    answer = () => ({ status: 500 });
    await mention();
    await settled(4);
    expect(received.map(({ headers }) => headers['x-slack-retry-num'])).toEqual([undefined, '1', '2', '3']);
    expect(received[1]?.headers['x-slack-retry-reason']).toBe('http_error');
  });

  it('are not repeated where the app asks for that', async () => {
    answer = () => ({ status: 500, headers: { 'x-slack-no-retry': '1' } });
    await mention();
    await settled(1);
    await slack.control.say({ user: people.ana, channel: channels.support, text: '/hotswap x' });
    expect(received.filter(({ payload }) => payload.type === 'event_callback')).toHaveLength(1);
  });
});

describe('buttons', () => {
  it('carry the person, the place and the value', async () => {
    const { ts } = await post();
    expect(await press(ts, people.ben)).toEqual({ ok: true });
    expect(last()).toMatchObject({
      type: 'block_actions',
      user: { id: people.ben },
      container: { message_ts: ts, channel_id: channels.support, is_ephemeral: false },
      message: { ts, text: 'root' },
      actions: [{ action_id: 'go', value: 'run-1', type: 'button' }],
    });
  });

  it('are heard as they were shown, where their message changed while a person was about to press', async () => {
    const { ts = '', message } = await post();
    const shown = message?.blocks?.[0]?.block_id;
    const other = { ...button, elements: [{ ...button.elements[0], value: 'run-2' }] };
    for (const blocks of [[other], []]) {
      await web.chat.update({ channel: channels.support, ts, text: 'changed', blocks });
      expect(await slack.control.click({ user: people.ana, channel: channels.support, ts, blockId: shown, actionId: 'go' })).toEqual({
        ok: true,
      });
      expect(last()).toMatchObject({ message: { text: 'changed' }, actions: [{ block_id: shown, value: 'run-1' }] });
    }
    expect((await press(ts)).error).toBe('action_not_found');
  });

  it('let their message be replaced and deleted through the response_url', async () => {
    const { ts } = await post();
    await press(ts);
    const url = String(last().response_url);
    await fetch(url, { method: 'POST', body: JSON.stringify({ replace_original: true, text: 'new' }) });
    expect(await slack.control.messages()).toMatchObject([{ ts, text: 'new', blocks: [] }]);
    await fetch(url, { method: 'POST', body: JSON.stringify({ delete_original: true }) });
    expect(await slack.control.messages()).toEqual([]);
    expect((await press(ts)).error).toBe('message_not_found');
  });

  it('of an ephemeral message work for its reader alone and bring no message', async () => {
    const { message_ts } = await web.chat.postEphemeral({ channel: channels.support, user: people.ana, text: 'psst', blocks: [button] });
    expect((await press(message_ts, people.ben)).error).toBe('not_visible');
    expect((await press(message_ts)).ok).toBe(true);
    expect(last()).toMatchObject({ container: { is_ephemeral: true } });
    expect(last()).not.toHaveProperty('message');
  });
});

describe('modals', () => {
  it('check what the client checks before the app hears of it', async () => {
    const viewId = await openModal();
    const before = received.length;
    const outcome = await slack.control.submit({ user: people.ana, viewId, typed: { text: 'x' } });
    expect(outcome.fields).toEqual({ why: 'Must be at least 3 characters.' });
    expect(received).toHaveLength(before);
  });

  it('send their values', async () => {
    const viewId = await openModal();
    await slack.control.submit({ user: people.ana, viewId, typed: { text: 'because' } });
    expect(last()).toMatchObject({
      view: { id: viewId, state: { values: { why: { text: { type: 'plain_text_input', value: 'because' } } } } },
    });
  });

  it('stack to three and clear at once', async () => {
    const viewId = await openModal();
    answer = () => ({ body: { response_action: 'push', view: modal('Next') } });
    for (const size of [2, 3]) {
      const top = (await slack.control.views(people.ana)).at(-1);
      await slack.control.submit({ user: people.ana, viewId: top?.id ?? viewId, typed: { text: 'because' } });
      expect(await slack.control.views(people.ana)).toHaveLength(size);
    }
    const top = (await slack.control.views(people.ana)).at(-1);
    expect((await slack.control.submit({ user: people.ana, viewId: top?.id ?? '', typed: { text: 'because' } })).error).toBe(
      'push_limit_reached',
    );
    answer = () => ({ body: { response_action: 'clear' } });
    await slack.control.submit({ user: people.ana, viewId: top?.id ?? '', typed: { text: 'because' } });
    expect(await slack.control.views(people.ana)).toEqual([]);
  });

  it('refuse errors for a block that they do not have, and a stale hash', async () => {
    const viewId = await openModal();
    answer = () => ({ body: { response_action: 'errors', errors: { elsewhere: 'no' } } });
    expect((await slack.control.submit({ user: people.ana, viewId, typed: { text: 'because' } })).error).toBe('invalid_response');
    await expect(web.views.update({ view_id: viewId, hash: 'old', view: modal('Two') })).rejects.toThrow('hash_conflict');
  });
});

it('keeps pages of other sites out of the control API', async () => {
  const response = await fetch(`${slack.pageUrl}control/messages`, { headers: { origin: 'https://elsewhere.example' } });
  expect(response.status).toBe(403);
});
