import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../../sandbox/free-port.ts';
import { type SlackStandIn, startSlack } from '../../sandbox/slack/server.ts';
import { channels, people } from '../../sandbox/slack/workspace.ts';
import { type ProductProcess, startProcess, writeConfiguration } from '../support/processes.ts';
import { createRedisDatabase, redisAvailable } from '../support/redis.ts';
import { testSettings } from '../support/settings.ts';
import { createStore } from '../support/store.ts';

const open: SlackStandIn[] = [];
afterEach(async () => {
  for (const slack of open.splice(0)) await slack.close();
});

interface Setting {
  readonly slack: SlackStandIn;
  readonly bot: ProductProcess;
  /** @param stepMs how long each of its steps takes */
  startWorker(stepMs?: number): Promise<ProductProcess>;
}

async function setUp(kind: 'socket' | 'http', queue: Readonly<Record<string, string>> = {}): Promise<Setting> {
  const { url } = await createStore();
  const port = await freePort();
  const requestUrl = `http://127.0.0.1:${port}/slack/events`;
  const slack = await startSlack({ mode: kind === 'socket' ? { kind } : { kind, requestUrl } });
  open.push(slack);
  const settings = testSettings(channels.support, channels.random);
  const environment = { HOTSWAP_CONFIG: writeConfiguration(settings), STORE_DATABASE_URL: url, ...queue };
  const bot = startProcess('src/bot/main.ts', {
    ...environment,
    ...{
      SLACK_MODE: kind,
      SLACK_BOT_TOKEN: slack.tokens.bot,
      SLACK_APP_TOKEN: slack.tokens.app,
      SLACK_SIGNING_SECRET: slack.signingSecret,
    },
    ...{ SLACK_API_URL: slack.apiUrl, PORT: String(port) },
  });
  await bot.waitFor('"msg":"ready"');
  return {
    slack,
    bot,
    async startWorker(stepMs = 500) {
      const worker = startProcess('test/support/scripted-worker.ts', { ...environment, STEP_MS: String(stepMs) });
      await worker.waitFor('"msg":"ready"');
      return worker;
    },
  };
}

const ask = (slack: SlackStandIn, text = '/hotswap diagnose latency', channel: string = channels.support) =>
  slack.control.say({ user: people.ana, channel, text });

const inSupport = { channel: channels.support };
/** What a person is told at once: within a second, or after it that it may still come. */
const ANSWERED = /The answer comes|may still happen/;

describe.each(['socket', 'http'] as const)('a diagnosis in %s mode', (kind) => {
  it('goes from the command to a report in the thread, and again', async () => {
    const { slack, bot, startWorker } = await setUp(kind);
    const worker = await startWorker();
    expect(await ask(slack)).toMatchObject({ ok: true });
    await slack.control.waitForMessage({ ...inSupport, ephemeralFor: people.ana }, ANSWERED);
    const root = await slack.control.waitForMessage(inSupport, /Latency of production: looking…/);
    const thread = { ...inSupport, threadTs: root.ts };
    await slack.control.waitForMessage(thread, /"status":"in_progress"/);
    const report = await slack.control.waitForMessage(thread, /What is wrong/);
    await slack.control.waitForMessage(inSupport, /Latency of production: SEV-2/);

    expect(await slack.control.click({ user: people.ben, ...inSupport, ts: root.ts, label: 'I’m on it' })).toMatchObject({ ok: true });
    await slack.control.waitForMessage(inSupport, new RegExp(`<@${people.ben}> is on it`));

    await slack.control.click({ user: people.ben, ...inSupport, ts: report.ts, label: 'Evidence' });
    await slack.control.waitForView(people.ben, (view) => JSON.stringify(view.blocks).includes('SELECT pid FROM pg_stat_activity'));

    await slack.control.click({ user: people.ben, ...inSupport, ts: root.ts, label: 'Run again' });
    await slack.control.waitForMessage(thread, /Since the last run/);
    const roots = (await slack.control.messages(inSupport)).filter((message) => message.byApp && message.threadTs === undefined);
    expect(roots).toHaveLength(1);
    expect(await worker.stop()).toBe(0);
    expect(await bot.stop()).toBe(0);
  });
});

const queues: { name: string; environment(): Promise<Readonly<Record<string, string>>> }[] = [
  { name: 'PostgreSQL', environment: async () => ({}) },
];
if (redisAvailable) queues.push({ name: 'Redis', environment: async () => ({ REDIS_URL: await createRedisDatabase() }) });

describe.each(queues)('a worker that is killed in the middle, with the queue on $name', ({ environment }) => {
  it('is replaced: the thread says so, and the report comes once', async () => {
    const { slack, startWorker } = await setUp('socket', await environment());
    const first = await startWorker(600_000); // never gets to the end
    await ask(slack);
    const root = await slack.control.waitForMessage(inSupport, /looking…/);
    const thread = { ...inSupport, threadTs: root.ts };
    await slack.control.waitForMessage(thread, /"status":"in_progress"/);
    await first.stop('SIGKILL');
    await startWorker();
    await slack.control.waitForMessage(thread, /Another one has taken it over \(attempt 2\)/);
    await slack.control.waitForMessage(thread, /What is wrong/);
    const reports = (await slack.control.messages(thread)).filter((message) => JSON.stringify(message.blocks).includes('What is wrong'));
    expect(reports).toHaveLength(1);
  });
});

describe('a socket that breaks', () => {
  it('is opened again, and what was clicked meanwhile is answered', async () => {
    const { slack, bot } = await setUp('socket');
    await ask(slack);
    const root = await slack.control.waitForMessage(inSupport, /looking…/);
    await slack.control.dropSockets();
    await slack.control.waitFor('a new socket', async () => ((await slack.control.connections()) > 0 ? true : undefined));
    await slack.control.click({ user: people.ben, ...inSupport, ts: root.ts, label: 'I’m on it' });
    await slack.control.waitForMessage(inSupport, new RegExp(`<@${people.ben}> is on it`));
    expect(await bot.stop()).toBe(0);
  });
});

describe('a channel that the bot is not in', () => {
  it('tells the person how to invite it, and later the result', async () => {
    const { slack, startWorker } = await setUp('socket');
    await startWorker();
    await ask(slack, '/hotswap diagnose latency', channels.random);
    const where = { channel: channels.random, ephemeralFor: people.ana };
    await slack.control.waitForMessage(where, /\/invite @hotswap/);
    await slack.control.waitForMessage(where, /Latency of staging: SEV-2/);
  });
});

describe('a Slack that is sick', () => {
  it('still gets the whole thread, each message once', async () => {
    const { slack, startWorker } = await setUp('socket');
    await slack.control.setRateLimits(true);
    await slack.control.setFaults([
      { kind: '5xx', method: 'chat.postMessage', count: 2 },
      { kind: '429', method: 'chat.update', count: 2, retryAfter: 1 },
    ]);
    await startWorker();
    await ask(slack);
    const root = await slack.control.waitForMessage(inSupport, /Latency of production/);
    await slack.control.waitForMessage({ ...inSupport, threadTs: root.ts }, /What is wrong/);
    await slack.control.waitForMessage(inSupport, /Latency of production: SEV-2/);
    const keys = (await slack.control.messages(inSupport))
      .filter((message) => message.byApp)
      .map((message) => JSON.stringify(message.metadata));
    expect(new Set(keys).size).toBe(keys.length);
  });
});
