import { setTimeout as sleep } from 'node:timers/promises';
import type { KnownBlock } from '@slack/types';
import { LogLevel, WebClient } from '@slack/web-api';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { type Sender, startSender } from '../../src/slack/sender.ts';
import { tellUnreachable } from '../../src/slack/unreachable.ts';
import { findMessage, type OutboxMessage, putMessage, removeMessage } from '../../src/store/messages.ts';
import type { Store } from '../../src/store/pool.ts';
import { type SlackServer, startSlackServer } from '../support/slack-server.ts';
import { createStore } from '../support/store.ts';

const log = pino({ level: 'silent' });
const senders: Sender[] = [];
afterEach(async () => {
  await Promise.all(senders.splice(0).map((sender) => sender.stop()));
});

function send(store: Store, slack: SlackServer, instance = 'bot-1'): Sender {
  const client = new WebClient('xoxb-test', {
    slackApiUrl: slack.url,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: { debug() {}, info() {}, warn() {}, error() {}, setLevel() {}, getLevel: () => LogLevel.ERROR, setName() {} },
  });
  const sender = startSender({
    store,
    client,
    instance,
    log,
    onUnreachable: (message, code) => tellUnreachable(message, code, { client, fetch, log }),
  });
  senders.push(sender);
  return sender;
}

const section = (text: string): KnownBlock => ({ type: 'section', text: { type: 'mrkdwn', text } });

function message(given: Partial<OutboxMessage> = {}): OutboxMessage {
  return { key: 'root', threadKey: null, channel: 'C1', text: 'hello', blocks: [section('hello')], urgency: 'result', ...given };
}

/** Calls that change something; asking for the address of a message left aside. */
const sent = ({ calls }: SlackServer) => calls.filter(({ method }) => method !== 'chat.getPermalink');
const settled = async (store: Store, key: string) => (await findMessage(store, key))?.settled === true;
const methods = (slack: SlackServer) => sent(slack).map(({ method }) => method);

describe('bringing Slack to the state of the store', () => {
  it('posts once, with the key as metadata, and edits when the content changes', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    send(store, slack);
    await putMessage(store, message());
    await expect.poll(() => settled(store, 'root')).toBe(true);
    await putMessage(store, message());
    await putMessage(store, message({ text: 'changed', blocks: [section('changed')] }));
    await expect.poll(() => sent(slack).length).toBe(2);
    const [post, edit] = sent(slack);
    expect(post).toMatchObject({
      method: 'chat.postMessage',
      args: { channel: 'C1', text: 'hello', metadata: { event_type: 'hotswap_message', event_payload: { key: 'root' } } },
    });
    expect(edit).toMatchObject({ method: 'chat.update', args: { text: 'changed', blocks: [section('changed')] } });
    expect(edit?.args.ts).toBe((await findMessage(store, 'root'))?.ts);
  });

  it('posts in a thread after its root, in the order in which the messages were put', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    slack.next('chat.postMessage', { status: 503, body: { ok: false } });
    await putMessage(store, message());
    await putMessage(store, message({ key: 'progress', threadKey: 'root', text: 'progress', urgency: 'progress' }));
    await putMessage(store, message({ key: 'report', threadKey: 'root', text: 'report' }));
    send(store, slack);
    await expect.poll(() => settled(store, 'report')).toBe(true);
    const root = (await findMessage(store, 'root'))?.ts;
    expect(sent(slack).map(({ args }) => [args.text, args.thread_ts])).toEqual([
      ['hello', undefined],
      ['hello', undefined],
      ['progress', root],
      ['report', root],
    ]);
  });

  it('pins what should be pinned once it is there, and takes it off when it should not be any more', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    slack.next('pins.add', { body: { ok: false, error: 'already_pinned' } }); // as after a sender that died before it wrote this down
    send(store, slack);
    await putMessage(store, message({ pinned: true }));
    await expect.poll(() => methods(slack)).toEqual(['chat.postMessage', 'pins.add']);
    await putMessage(store, message({ pinned: true, text: 'changed' }));
    await expect.poll(() => settled(store, 'root')).toBe(true);
    slack.next('pins.remove', { status: 429, headers: { 'retry-after': '1' }, body: { ok: false, error: 'ratelimited' } });
    await putMessage(store, message({ text: 'over' }));
    await expect.poll(() => methods(slack).filter((method) => method === 'pins.remove').length).toBe(2);
    await putMessage(store, message({ text: 'over and out' }));
    await expect.poll(() => sent(slack).at(-1)?.args.text).toBe('over and out');
    expect(methods(slack).filter((method) => method === 'pins.add')).toHaveLength(1);
    const ts = (await findMessage(store, 'root'))?.ts;
    for (const { args } of slack.calls.filter(({ method }) => method.startsWith('pins.')))
      expect(args).toMatchObject({ channel: 'C1', timestamp: ts });
  });

  it('shows a message that may not be pinned all the same', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    slack.always(({ method }) => method === 'pins.add', { body: { ok: false, error: 'missing_scope', needed: 'pins:write' } });
    send(store, slack);
    await putMessage(store, message({ pinned: true }));
    await expect.poll(() => methods(slack)).toEqual(['chat.postMessage', 'pins.add']);
    await putMessage(store, message({ key: 'next', text: 'next' }));
    await expect.poll(() => settled(store, 'next')).toBe(true);
    expect(methods(slack)).toEqual(['chat.postMessage', 'pins.add', 'chat.postMessage']);
    expect(await findMessage(store, 'root')).toMatchObject({ state: 'live', settled: true });
  });

  it('knows the address of a root message, so that it can be linked to at once', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    slack.always(({ method }) => method === 'chat.getPermalink', { body: { ok: true, permalink: 'https://lab.slack.com/archives/C1/p1' } });
    send(store, slack);
    await putMessage(store, message());
    await expect.poll(async () => (await findMessage(store, 'root'))?.permalink).toBe('https://lab.slack.com/archives/C1/p1');
  });

  it('shows only the latest of many states of progress', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    send(store, slack);
    const began = Date.now();
    for (let step = 0; step <= 20; step += 1) {
      await putMessage(store, message({ urgency: 'progress', text: `step ${step}` }));
      await sleep(50);
    }
    await expect.poll(() => settled(store, 'root')).toBe(true);
    expect(sent(slack).length).toBeLessThanOrEqual(2 + Math.floor((Date.now() - began) / 1_500)); // an edit in 1.5 s
    expect(sent(slack).at(-1)?.args.text).toBe('step 20');
  });

  it('takes a removed message out again, and never shows one that was removed in time', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    await putMessage(store, message({ key: 'unseen' }));
    await removeMessage(store, 'unseen');
    await putMessage(store, message());
    send(store, slack);
    await expect.poll(() => settled(store, 'root')).toBe(true);
    await removeMessage(store, 'root');
    await expect.poll(() => methods(slack)).toEqual(['chat.postMessage', 'chat.delete']);
    await expect.poll(() => settled(store, 'unseen')).toBe(true);
  });
});

describe('several instances of the bot', () => {
  it('post each message once', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    slack.before(() => sleep(30));
    send(store, slack, 'bot-1');
    send(store, slack, 'bot-2');
    send(store, slack, 'bot-3');
    const keys = Array.from({ length: 12 }, (_, index) => `m${index}`);
    await Promise.all(keys.map((key, index) => putMessage(store, message({ key, channel: `C${index}`, text: key }))));
    await expect.poll(async () => (await Promise.all(keys.map((key) => settled(store, key)))).every(Boolean)).toBe(true);
    expect(
      sent(slack)
        .map(({ args }) => args.text)
        .sort(),
    ).toEqual([...keys].sort());
  });

  it('take over what a dead one held, once its lease is over', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    await putMessage(store, message());
    const leaseUntil = Date.now() + 1_000;
    await store.query("UPDATE messages SET lease_owner = 'dead', lease_until = $1", [new Date(leaseUntil)]);
    let sentAt = 0;
    slack.before(async ({ method }) => {
      if (method === 'chat.postMessage') sentAt = Date.now();
    });
    send(store, slack);
    await expect.poll(() => settled(store, 'root')).toBe(true);
    expect(sentAt).toBeGreaterThanOrEqual(leaseUntil);
    expect(methods(slack)).toEqual(['chat.postMessage']);
  });

  it('lose nothing when one dies between posting and writing it down', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    await putMessage(store, message());
    await putMessage(store, message({ key: 'report', threadKey: 'root', text: 'report' }));
    // The first post reached Slack; its sender died before it could write down the ts.
    await store.query("UPDATE messages SET lease_owner = 'dead', lease_until = now() - interval '1 second' WHERE key = 'root'");
    send(store, slack);
    await expect.poll(() => settled(store, 'report')).toBe(true);
    expect(sent(slack).map(({ args }) => args.text)).toEqual(['hello', 'report']);
  });
});

describe('more to say than Slack takes', () => {
  it('lies in the outbox untouched until there is room, while other channels go on', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    const keys = Array.from({ length: 40 }, (_, index) => `m${index}`);
    for (const key of keys) await putMessage(store, message({ key }));
    await store.query('UPDATE messages SET ts = key, sent_version = version');
    for (const key of keys) await putMessage(store, message({ key, text: 'changed' }));
    await store.query("INSERT INTO slack_allowances (name, tokens) VALUES ('edit', -100)"); // room for a change in 202 s
    send(store, slack);
    for (const number of [1, 2, 3]) {
      await putMessage(store, message({ key: `new ${number}`, channel: `C${number}` }));
      await expect.poll(() => settled(store, `new ${number}`)).toBe(true);
      await sleep(200);
    }
    expect(methods(slack)).toEqual(['chat.postMessage', 'chat.postMessage', 'chat.postMessage']);
    const { rowCount: touched } = await store.query('SELECT FROM messages WHERE next_attempt_at > now()');
    expect(touched).toBeLessThanOrEqual(4); // as many as are brought to Slack at once
  });

  it('is changed as soon as there is room again', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    send(store, slack);
    await putMessage(store, message());
    await expect.poll(() => settled(store, 'root')).toBe(true);
    const began = Date.now();
    await store.query("INSERT INTO slack_allowances (name, tokens) VALUES ('edit', 0.5)"); // room in 1 s
    await putMessage(store, message({ text: 'changed' }));
    await expect.poll(() => settled(store, 'root')).toBe(true);
    expect(Date.now() - began).toBeGreaterThan(900);
  });
});

describe('a Slack that is sick', () => {
  const askFor = (seconds: number) => ({
    ...{ status: 429, headers: { 'retry-after': String(seconds) }, body: { ok: false, error: 'ratelimited' } },
  });

  it('is given the time it asks for', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    send(store, slack);
    await putMessage(store, message());
    await expect.poll(() => settled(store, 'root')).toBe(true);
    slack.next('chat.update', askFor(2));
    const edits: number[] = [];
    slack.before(async ({ method }) => {
      if (method === 'chat.update') edits.push(Date.now());
    });
    await putMessage(store, message({ text: 'edited' }));
    await expect.poll(() => settled(store, 'root')).toBe(true);
    const [refused = 0, again = 0] = edits;
    expect(again - refused).toBeGreaterThanOrEqual(1_900);
    expect(sent(slack).at(-1)).toMatchObject({ method: 'chat.update', args: { text: 'edited' } });
  });

  it('is asked other things while it wants to be left alone with one', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    send(store, slack);
    await putMessage(store, message());
    await expect.poll(() => settled(store, 'root')).toBe(true);
    slack.next('chat.update', askFor(600));
    await putMessage(store, message({ text: 'edited' }));
    await expect.poll(() => methods(slack)).toEqual(['chat.postMessage', 'chat.update']);
    await putMessage(store, message({ key: 'other', text: 'other' }));
    await expect.poll(() => settled(store, 'other')).toBe(true);
    expect(await settled(store, 'root')).toBe(false);
    expect(methods(slack)).toEqual(['chat.postMessage', 'chat.update', 'chat.postMessage']);
  });

  it('is asked again until it answers', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    const broken = { status: 500, body: { ok: false } };
    slack.next('chat.postMessage', broken, broken, { body: { ok: false, error: 'internal_error' } });
    send(store, slack);
    await putMessage(store, message());
    await expect.poll(() => settled(store, 'root')).toBe(true);
    expect(sent(slack)).toHaveLength(4);
  });
});

describe('a message that somebody deleted', () => {
  it('is posted anew once it has changed, where it is a reply', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    send(store, slack);
    await putMessage(store, message());
    await putMessage(store, message({ key: 'request', threadKey: 'root', text: 'waits for approval' }));
    await expect.poll(() => settled(store, 'request')).toBe(true);
    slack.next('chat.update', { body: { ok: false, error: 'message_not_found' } });
    await putMessage(store, message({ key: 'request', threadKey: 'root', text: 'carried out' }));
    await expect.poll(() => settled(store, 'request')).toBe(true);
    expect(sent(slack).slice(2)).toMatchObject([
      { method: 'chat.update', args: { text: 'carried out' } },
      { method: 'chat.postMessage', args: { text: 'carried out', thread_ts: expect.any(String) } },
    ]);
  });
});

describe('content that Slack refuses', () => {
  const plan: KnownBlock = {
    type: 'plan',
    title: 'Looking',
    tasks: [{ type: 'task_card', task_id: 'a', title: 'Locks & waits', status: 'complete' }],
  };

  it('is sent in blocks that Slack has always known, and later messages at once', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    slack.always(({ args }) => JSON.stringify(args.blocks ?? '').includes('"plan"'), { body: { ok: false, error: 'invalid_blocks' } });
    send(store, slack);
    await putMessage(store, message({ blocks: [plan, section('kept')] }));
    await expect.poll(() => settled(store, 'root')).toBe(true);
    expect(sent(slack).at(-1)?.args.blocks).toEqual([section('*Looking*\n• Locks &amp; waits: done'), section('kept')]);
    await putMessage(store, message({ key: 'second', channel: 'C2', blocks: [plan] }));
    await expect.poll(() => settled(store, 'second')).toBe(true);
    expect(sent(slack)).toHaveLength(3);
  });

  it('ends as plain text, and is given up only when that is refused as well', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    slack.always(({ args }) => Array.isArray(args.blocks) && args.blocks.length > 0, { body: { ok: false, error: 'invalid_blocks' } });
    slack.always(({ args }) => args.text === 'bad', { body: { ok: false, error: 'msg_too_long' } });
    send(store, slack);
    await putMessage(store, message({ text: 'good' }));
    await putMessage(store, message({ key: 'bad', text: 'bad', channel: 'C2' }));
    await expect.poll(() => settled(store, 'root')).toBe(true);
    await expect.poll(async () => (await findMessage(store, 'bad'))?.state).toBe('rejected');
    expect(sent(slack).filter(({ args }) => args.text === 'good')).toHaveLength(3);
  });
});

describe('a channel that the bot cannot write to', () => {
  it('is said to the person who asked, with what the report says, and nothing else is tried', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    slack.always(({ method, args }) => method === 'chat.postMessage' && args.channel === 'C1', {
      body: { ok: false, error: 'not_in_channel' },
    });
    const responseUrl = new URL('/respond', slack.url).href;
    const recipient = { user: 'U1', responseUrl, instead: 'In a terminal: `npx hotswap diagnose latency production`' };
    send(store, slack);
    await putMessage(store, message({ recipient }));
    await putMessage(store, message({ key: 'report', threadKey: 'root', text: 'SEV-2: a lock', recipient }));
    await expect.poll(async () => (await findMessage(store, 'report'))?.state).toBe('unreachable');
    await expect.poll(() => sent(slack).filter(({ method }) => method === 'respond').length).toBe(2);
    const [first, second] = sent(slack)
      .filter(({ method }) => method === 'respond')
      .map(({ args }) => args);
    expect(first).toMatchObject({ response_type: 'ephemeral', replace_original: false });
    expect(first?.text).toContain('/invite @hotswap');
    expect(first?.text).toContain('npx hotswap diagnose latency production');
    expect(second?.text).toBe('SEV-2: a lock');
    expect(methods(slack).filter((method) => method === 'chat.postMessage')).toHaveLength(1);
  });

  it('is said in a direct message where the response_url no longer works', async () => {
    const { store } = await createStore();
    const slack = await startSlackServer();
    slack.next('chat.postMessage', { body: { ok: false, error: 'is_archived' } });
    slack.next('respond', { status: 404, body: {} });
    slack.next('conversations.open', { body: { ok: true, channel: { id: 'D1' } } });
    const recipient = { user: 'U1', responseUrl: new URL('/respond', slack.url).href, instead: '' };
    send(store, slack);
    await putMessage(store, message({ recipient }));
    await expect.poll(() => sent(slack).at(-1)).toMatchObject({ method: 'chat.postMessage', args: { channel: 'D1' } });
    expect(sent(slack).at(-1)?.args.text).toContain('archived');
  });
});
