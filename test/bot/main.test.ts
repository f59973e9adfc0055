import { createHmac, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { freePort } from '../../sandbox/free-port.ts';
import { createDatabase, takeDatabaseAway } from '../support/database.ts';
import { type ProductProcess, startProcess, writeConfiguration } from '../support/processes.ts';
import { type SlackServer, startSlackServer } from '../support/slack-server.ts';
import { createStore } from '../support/store.ts';

const SECRET = '0123456789abcdef';

async function startHttpBot(): Promise<{ bot: ProductProcess; slack: SlackServer; port: number; url: string }> {
  const { url } = await createStore();
  const slack = await startSlackServer();
  slack.always(({ method }) => method === 'auth.test', { body: { ok: true, user_id: 'UBOT', bot_id: 'B1', team_id: 'T1' } });
  const port = await freePort();
  const bot = startProcess('src/bot/main.ts', {
    ...{ HOTSWAP_CONFIG: writeConfiguration(), STORE_DATABASE_URL: url, SLACK_MODE: 'http', SLACK_BOT_TOKEN: 'xoxb-test' },
    ...{ SLACK_SIGNING_SECRET: SECRET, SLACK_API_URL: slack.url, PORT: String(port) },
  });
  await bot.waitFor('"msg":"ready"');
  return { bot, slack, port, url };
}

function type(port: number, slack: SlackServer, text: string): Promise<Response> {
  const fields = { user_id: 'U1', channel_id: 'C1SUPPORT', team_id: 'T1', team_domain: 'lab', trigger_id: randomUUID() };
  const body = new URLSearchParams({ command: '/hotswap', text, response_url: new URL('/respond', slack.url).href, ...fields }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = `v0=${createHmac('sha256', SECRET).update(`v0:${timestamp}:${body}`).digest('hex')}`;
  return fetch(`http://127.0.0.1:${port}/slack/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
    },
    body,
  });
}

describe('the bot in HTTP mode', () => {
  it('answers a signed command, shows the thread, says that there is no worker, and stops in good order', async () => {
    const { bot, slack, port } = await startHttpBot();
    expect(await (await fetch(`http://127.0.0.1:${port}/healthz`)).json()).toEqual({ ready: true, slack: true, store: true });

    const answer = await type(port, slack, 'diagnose latency');
    expect(await answer.json()).toMatchObject({ text: 'Looking at latency of production. The answer comes in the thread.' });
    await expect.poll(() => slack.calls.map(({ args }) => args.text)).toContain('Latency of production: looking…');
    await expect.poll(() => slack.calls.filter(({ args }) => String(args.text).includes('No worker is running')).length).toBeGreaterThan(0);
    expect(await bot.stop()).toBe(0);
  });

  it('tells the person when its database is away, and says so to whoever looks after it', async () => {
    const { bot, slack, port, url } = await startHttpBot();
    await takeDatabaseAway(url);
    const answer = await type(port, slack, 'diagnose latency staging');
    const { text } = (await answer.json()) as { text: string };
    expect(text).toContain('my own database');
    expect(text).toContain('npx hotswap diagnose latency staging');
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(503);
    expect(bot.child.exitCode).toBeNull();
  });

  it('refuses what Slack has not signed', async () => {
    const { port } = await startHttpBot();
    const response = await fetch(`http://127.0.0.1:${port}/slack/events`, { method: 'POST', body: 'command=%2Fhotswap' });
    expect(response.status).toBe(401);
  });
});

describe('a start that cannot succeed', () => {
  it('says each missing variable, and never a value', async () => {
    const bot = startProcess('src/bot/main.ts', { HOTSWAP_CONFIG: writeConfiguration(), SLACK_BOT_TOKEN: 'not-a-token-secret' });
    expect(await bot.ended).toBe(1);
    expect(bot.output()).toContain('STORE_DATABASE_URL is missing');
    expect(bot.output()).toContain('SLACK_BOT_TOKEN is wrong');
    expect(bot.output()).not.toContain('not-a-token-secret');
  });

  it('says that Socket Mode needs its token', async () => {
    const url = await createDatabase();
    const bot = startProcess('src/bot/main.ts', {
      ...{ HOTSWAP_CONFIG: writeConfiguration(), STORE_DATABASE_URL: url, SLACK_MODE: 'socket', SLACK_BOT_TOKEN: 'xoxb-test' },
    });
    expect(await bot.ended).toBe(1);
    expect(bot.output()).toContain('SLACK_APP_TOKEN is missing');
  });

  it('fails visibly where Slack does not know the token', async () => {
    const { url } = await createStore();
    const slack = await startSlackServer();
    slack.always(({ method }) => method === 'auth.test', { body: { ok: false, error: 'invalid_auth' } });
    const bot = startProcess('src/bot/main.ts', {
      ...{ HOTSWAP_CONFIG: writeConfiguration(), STORE_DATABASE_URL: url, SLACK_MODE: 'http', SLACK_BOT_TOKEN: 'xoxb-test' },
      ...{ SLACK_SIGNING_SECRET: SECRET, SLACK_API_URL: slack.url, PORT: '0' },
    });
    expect(await bot.ended).toBe(1);
    expect(bot.output()).toContain('invalid_auth');
  });
});

describe('release', () => {
  it('brings the database up to date, also twice at once', async () => {
    const url = await createDatabase();
    const environment = { HOTSWAP_CONFIG: writeConfiguration(), STORE_DATABASE_URL: url };
    const releases = [startProcess('src/bot/release.ts', environment), startProcess('src/bot/release.ts', environment)];
    expect(await Promise.all(releases.map((release) => release.ended))).toEqual([0, 0]);
  });
});
