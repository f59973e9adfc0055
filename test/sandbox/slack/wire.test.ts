import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebClient } from '@slack/web-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { z } from 'zod';
import { type SlackStandIn, startSlack } from '../../../sandbox/slack/server.ts';
import { approverGroup, channels, defaultWorkspace, people } from '../../../sandbox/slack/workspace.ts';

const frameSchema = z.looseObject({
  type: z.string(),
  envelope_id: z.string().default(''),
  retry_attempt: z.number().default(0),
  payload: z
    .looseObject({ trigger_id: z.string().default(''), response_url: z.string().default(''), event_id: z.string().default('') })
    .optional(),
});
type Frame = z.infer<typeof frameSchema>;

let slack: SlackStandIn;
let web: WebClient;
const sockets: WebSocket[] = [];

/** A Slack that gives all the time in the world, but for what the test is about. */
async function start(timing: { readonly ackMs?: number; readonly triggerMs?: number } = {}): Promise<void> {
  slack = await startSlack({
    mode: { kind: 'socket' },
    timing: { ackMs: 30_000, triggerMs: 30_000, eventRetryMs: [0, 10, 20], ...timing },
  });
  web = new WebClient(slack.tokens.bot, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true });
}
async function stop(): Promise<void> {
  for (const socket of sockets.splice(0)) socket.terminate();
  await slack.close();
}
const restart = async (timing: Parameters<typeof start>[0]) => {
  await stop();
  await start(timing);
};

beforeEach(() => start());
afterEach(stop);

/** A client of our own, so that the tests decide what is acknowledged. */
async function connect(answer: (frame: Frame, socket: WebSocket) => void): Promise<WebSocket> {
  const { url } = await new WebClient(slack.tokens.app, { slackApiUrl: slack.apiUrl }).apps.connections.open();
  const socket = new WebSocket(String(url));
  sockets.push(socket);
  socket.on('message', (data) => answer(frameSchema.parse(JSON.parse(String(data))), socket));
  await once(socket, 'open');
  await slack.control.waitFor('the connection', async () => ((await slack.control.connections()) > 0 ? true : undefined));
  return socket;
}

const ack = (frame: Frame, socket: WebSocket) =>
  frame.envelope_id && socket.send(JSON.stringify({ envelope_id: frame.envelope_id, payload: {} }));
const command = () => slack.control.say({ user: people.ana, channel: channels.random, text: '/hotswap help' });
const mention = () => slack.control.say({ user: people.ana, channel: channels.support, text: 'hello @hotswap' });
const platformError = (error: string) => expect.objectContaining({ data: expect.objectContaining({ error }) });

async function commandFrame(): Promise<NonNullable<Frame['payload']>> {
  const frames: Frame[] = [];
  await connect((frame, socket) => {
    frames.push(frame);
    ack(frame, socket);
  });
  await command();
  const payload = frames.find((frame) => frame.type === 'slash_commands')?.payload;
  if (!payload) throw new Error('no command was delivered');
  return payload;
}

describe('the Web API', () => {
  it.each([
    ['channel_not_found', () => web.chat.postMessage({ channel: 'C404', text: 'x' })],
    ['not_in_channel', () => web.chat.postMessage({ channel: channels.random, text: 'x' })],
    ['thread_not_found', () => web.chat.postMessage({ channel: channels.support, text: 'x', thread_ts: '1.1' })],
    ['message_not_found', () => web.chat.update({ channel: channels.support, text: 'x', ts: '1.1' })],
    ['no_text', () => web.chat.postMessage({ channel: channels.support, text: '' })],
    ['invalid_blocks', () => web.chat.postMessage({ channel: channels.support, text: 'x', blocks: [{ type: 'nonsense' }] })],
    ['unknown_method', () => web.apiCall('chat.sing')],
    ['missing_scope', () => web.reactions.add({ channel: channels.support, timestamp: '1.1', name: 'eyes' })],
    ['user_not_found', () => web.users.info({ user: 'U404' })],
    ['not_allowed_token_type', () => web.apps.connections.open()],
    ['invalid_auth', () => new WebClient('xoxb-other', { slackApiUrl: slack.apiUrl }).auth.test()],
  ])('%s', async (error, call) => {
    await expect(call()).rejects.toEqual(platformError(error));
  });

  it('tells guests, strangers and members of the group apart', async () => {
    expect((await web.users.info({ user: people.guest })).user?.is_restricted).toBe(true);
    expect((await web.users.info({ user: people.stranger })).user?.team_id).not.toBe(defaultWorkspace().team.id);
    expect((await web.usergroups.users.list({ usergroup: approverGroup })).users).toContain(people.chloe);
    expect((await web.conversations.members({ channel: channels.random })).members).not.toContain(people.bot);
  });

  it('keeps the bytes of an upload', async () => {
    await web.filesUploadV2({
      channel_id: channels.support,
      filename: 'bundle.txt',
      file: Buffer.from('evidence'),
      initial_comment: 'Here',
    });
    const [file] = await slack.control.files();
    expect(Buffer.from(await slack.control.fileContent(String(file?.id))).toString()).toBe('evidence');
    expect((await slack.control.messages({ channel: channels.support }))[0]).toMatchObject({ text: 'Here', fileIds: [file?.id] });
  });

  it('pins a message once, and takes it off once', async () => {
    const { ts: timestamp = '' } = await web.chat.postMessage({ channel: channels.support, text: 'x' });
    const pin = { channel: channels.support, timestamp };
    await web.pins.add(pin);
    await expect(web.pins.add(pin)).rejects.toEqual(platformError('already_pinned'));
    expect((await slack.control.messages({ channel: channels.support })).at(-1)).toMatchObject({ pinned: true });
    await web.pins.remove(pin);
    await expect(web.pins.remove(pin)).rejects.toEqual(platformError('no_pin'));
    await expect(web.pins.add({ ...pin, timestamp: '1.1' })).rejects.toEqual(platformError('message_not_found'));
    await expect(web.pins.add({ ...pin, channel: channels.random })).rejects.toEqual(platformError('not_in_channel'));
  });

  it('drops the blocks when an update brings text alone', async () => {
    const blocks = [{ type: 'divider' }];
    const { ts = '' } = await web.chat.postMessage({ channel: channels.support, text: 'x', blocks });
    await web.chat.update({ channel: channels.support, ts, text: 'y' });
    expect((await slack.control.messages())[0]).toMatchObject({ text: 'y', blocks: [], edited: true });
  });

  it('limits the messages of a channel when asked to, and each channel by itself', async () => {
    await slack.control.setRateLimits(true);
    const post = (channel: string) => web.chat.postMessage({ channel, text: 'x' });
    const posted = await Promise.allSettled(Array.from({ length: 30 }, () => post(channels.support)));
    const refused = posted.filter(({ status }) => status === 'rejected');
    expect(refused).toContainEqual({ status: 'rejected', reason: expect.objectContaining({ retryAfter: 1 }) });
    expect(posted.length - refused.length).toBeGreaterThanOrEqual(5);
    await post(channels.general);
  });

  it('has bad days on demand: a lost answer has done its work', async () => {
    await slack.control.setFaults([
      { kind: '429', method: 'chat.postMessage', retryAfter: 7 },
      { kind: '5xx', method: 'chat.postMessage' },
      { kind: 'lost-answer', method: 'chat.postMessage' },
    ]);
    const post = () => web.chat.postMessage({ channel: channels.support, text: 'x' });
    await expect(post()).rejects.toMatchObject({ retryAfter: 7 });
    await expect(post()).rejects.toMatchObject({ statusCode: 503 });
    expect(await slack.control.messages()).toHaveLength(0);
    await expect(post()).rejects.toThrow();
    expect(await slack.control.messages()).toHaveLength(1);
  });
});

describe('Socket Mode', () => {
  it('shows a timeout when nobody acknowledges, and a failed dispatch when nobody is connected', async () => {
    await restart({ ackMs: 250 });
    expect((await command()).text).toBe('/hotswap failed with the error "dispatch_failed"');
    await connect(() => {});
    expect((await command()).text).toBe('/hotswap failed with the error "operation_timeout"');
  });

  it('repeats an event three times under the same event_id, until it is acknowledged', async () => {
    await restart({ ackMs: 1_000 });
    const seen: Frame[] = [];
    await connect((frame, socket) => {
      if (frame.type !== 'events_api') return;
      seen.push(frame);
      if (frame.retry_attempt === 2) ack(frame, socket);
    });
    await mention();
    await slack.control.waitFor('the third attempt', async () =>
      (await slack.control.deliveries()).find((item) => item.outcome === 'acked'),
    );
    expect(seen.map((frame) => frame.retry_attempt)).toEqual([0, 1, 2]);
    expect(new Set(seen.map((frame) => frame.payload?.event_id)).size).toBe(1);
  });

  it('keeps events while sockets are refreshed', async () => {
    const first: Frame[] = [];
    await connect((frame) => first.push(frame));
    await slack.control.refreshSockets();
    await mention();
    const second: Frame[] = [];
    await connect((frame, socket) => {
      second.push(frame);
      ack(frame, socket);
    });
    await slack.control.waitFor('the delivery', async () => (await slack.control.deliveries()).find((item) => item.outcome === 'acked'));
    expect(first.map((frame) => frame.type)).toEqual(['hello', 'disconnect']);
    expect(second.map((frame) => frame.type)).toEqual(['hello', 'events_api']);
  });

  it('repeats on another socket what was lost with a dropped one', async () => {
    await connect(() => {});
    await mention();
    await slack.control.dropSockets();
    await connect(ack);
    const last = await slack.control.waitFor('the repeat', async () =>
      (await slack.control.deliveries()).find((item) => item.outcome === 'acked'),
    );
    expect(last.attempt).toBe(1);
    expect((await slack.control.deliveries())[0]?.outcome).toBe('connection_failed');
  });

  it('delivers twice when asked to', async () => {
    const seen: Frame[] = [];
    await connect((frame, socket) => {
      if (frame.type === 'slash_commands') seen.push(frame);
      ack(frame, socket);
    });
    await slack.control.setFaults([{ kind: 'duplicate', method: 'slash_commands' }]);
    expect(await command()).toEqual({ ok: true });
    await slack.control.waitFor('both copies', async () => (seen.length === 2 ? true : undefined));
    expect(seen[0]?.envelope_id).toBe(seen[1]?.envelope_id);
  });
});

describe('what an interaction brings', () => {
  const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'T' }, blocks: [{ type: 'divider' as const }] };

  it('a trigger that opens one view', async () => {
    const { trigger_id } = await commandFrame();
    await web.views.open({ trigger_id, view });
    expect(await slack.control.views(people.ana)).toHaveLength(1);
    await expect(web.views.open({ trigger_id, view })).rejects.toEqual(platformError('exchanged_trigger_id'));
    await expect(web.views.open({ trigger_id: '1.2.3', view })).rejects.toEqual(platformError('invalid_trigger_id'));
  });

  it('a trigger that expires', async () => {
    await restart({ triggerMs: 1 });
    const { trigger_id } = await commandFrame();
    await sleep(20);
    await expect(web.views.open({ trigger_id, view })).rejects.toEqual(platformError('expired_trigger_id'));
  });

  it('a response_url of five uses, in a channel that the bot is not in', async () => {
    const { response_url } = await commandFrame();
    const use = () => fetch(response_url, { method: 'POST', body: JSON.stringify({ text: 'only you' }) });
    for (let count = 0; count < 5; count += 1) expect((await use()).status).toBe(200);
    expect((await use()).status).toBe(404);
    expect(await slack.control.ephemerals(people.ana)).toHaveLength(5);
    expect(await slack.control.messages()).toHaveLength(0);
  });
});
