import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SlackStandIn, startSlack } from '../../../sandbox/slack/server.ts';
import { channels, people } from '../../../sandbox/slack/workspace.ts';
import { startApp } from './bolt-app.ts';
import { sampleReport } from './sample-report.ts';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
const available = existsSync(executablePath);
if (!available) {
  if (process.env.CI === 'true') throw new Error(`No Chromium at ${executablePath}; set CHROMIUM_PATH or install it`);
  console.warn(`SKIPPED: the browser page is not tested, there is no Chromium at ${executablePath}`);
}

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.runIf(available)('the page', () => {
  let slack: SlackStandIn;
  let app: Awaited<ReturnType<typeof startApp>>;
  let browser: Browser;
  let page: Page;
  const incident = { id: 'lock-chain', title: 'Lock chain', topic: 'latency', state: 'idle', detail: 'An idle session holds a row lock.' };
  const others = ['api', 'errors', 'latency', 'vault', 'websocket'].map((topic) => ({
    id: `some-${topic}`,
    title: `Since this morning people complain about ${topic}`,
    topic,
    state: 'idle',
    detail: '',
  }));

  beforeAll(async () => {
    slack = await startSlack({ mode: { kind: 'socket' } });
    app = await startApp(slack, 'socket');
    browser = await chromium.launch({ executablePath, args: flags });
    page = await browser.newPage({ viewport: { width: 1360, height: 860 }, colorScheme: 'light' });
    await page.goto(slack.pageUrl);
  });
  afterAll(async () => {
    await browser?.close();
    await app?.stop();
    await slack?.close();
  });

  it('lives a story as two people', async () => {
    await page.getByRole('textbox', { name: 'Message #hotswap-support' }).fill('/hotswap diagnose latency');
    await page.keyboard.press('Enter');
    await page.getByText('Only visible to you').waitFor();
    await page.getByRole('button', { name: 'Scale out' }).click();
    const dialog = page.getByRole('dialog', { name: 'Scale out' });
    await dialog.getByRole('textbox', { name: 'Replicas' }).fill('11');
    await dialog.getByRole('button', { name: 'Request' }).click();
    await dialog.getByText('At most 10.').waitFor();
    await shoot('modal');
    await dialog.getByRole('textbox', { name: 'Replicas' }).fill('4');
    await dialog.getByRole('button', { name: 'Request' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('combobox', { name: 'Acting as' }).selectOption({ label: 'Ben Okafor' });
    await page.getByText('Only visible to you').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: '1 reply' }).click();
    await page.getByRole('complementary', { name: 'Thread' }).getByText('asks for 4 replicas').waitFor();
    await shoot('thread');
    const reply = page.getByRole('textbox', { name: 'Reply in thread' });
    await reply.fill('/hotswap help');
    await reply.press('Enter');
    await page.getByText('/hotswap is not supported in threads. Sorry!').waitFor();
  });

  it('draws every block, in light and in dark', async () => {
    const posted = await callApi(slack, 'chat.postMessage', {
      channel: channels.staging,
      text: 'Latency: lock chain',
      blocks: JSON.stringify(sampleReport),
    });
    expect(posted).toMatchObject({ ok: true });
    await page.getByRole('button', { name: '#ops-staging' }).click();
    const article = page.locator(`article[data-channel="${channels.staging}"]`);
    await article.getByRole('heading', { name: /p99 2.4 s/ }).waitFor();
    expect(await article.locator('.unknown').count()).toBe(0);
    expect(await article.locator('.block').count()).toBe(sampleReport.length);
    await shoot('blocks-light');
    await page.getByRole('button', { name: 'Switch light and dark' }).click();
    await shoot('blocks-dark');
    await article.getByRole('button', { name: 'End session' }).click();
    await page.getByRole('dialog', { name: 'End the session?' }).getByRole('button', { name: 'Keep it' }).click();
    expect((await slack.control.deliveries()).filter((delivery) => JSON.stringify(delivery.payload).includes('end_session'))).toEqual([]);
  });

  it('shows the World only where the sandbox fills it', async () => {
    const world = page.getByRole('region', { name: 'World' });
    expect(await world.count()).toBe(0);
    slack.setPanel({
      'GET /incidents': () => [incident, ...others],
      'GET /status': () => ({ 'p99 latency': '84 ms', 'Ready pods': '4 of 4' }),
      'POST /incidents/:id/start': ({ id }) => {
        if (id === incident.id) incident.state = 'ready';
      },
    });
    await world.getByText('Start a known one').click();
    await shoot('world-topics');
    expect(await world.getByRole('button', { name: 'Start Lock chain' }).isVisible()).toBe(false);
    await world.getByRole('searchbox', { name: 'Find an incident' }).fill('lock');
    await shoot('world-search');
    await world.getByRole('button', { name: 'Start Lock chain' }).click();
    await world.getByRole('list', { name: 'Running incidents' }).getByRole('button', { name: 'Stop Lock chain' }).waitFor();
    await world.getByText('84 ms').waitFor();
    await world.getByRole('searchbox', { name: 'Find an incident' }).fill('');
    await shoot('world');
  });

  it('breaks something without saying what, and tells it when it is asked', async () => {
    const world = page.getByRole('region', { name: 'World' });
    const noticed = { title: 'Pages load slowly', state: 'ready', detail: 'since 9 s' };
    const answer: { broken: object | null } = { broken: null };
    slack.setPanel({
      'GET /incidents': () => others,
      'GET /mystery': () => answer,
      'GET /status': () => ({ 'p99 latency': '84 ms' }),
      'POST /mystery/start': () => Object.assign(answer, { broken: noticed }),
      'POST /mystery/reveal': () =>
        Object.assign(answer, { broken: { ...noticed, truth: { incident: 'lock-chain', cause: 'db.lock.idle_tx', topic: 'latency' } } }),
      'POST /mystery/repair': () => Object.assign(answer, { broken: { ...noticed, state: 'repaired', detail: '' } }),
    });
    await world.getByRole('button', { name: 'Break something' }).click();
    await world.getByText('Pages load slowly').waitFor();
    expect(await world.getByText('db.lock.idle_tx').count()).toBe(0);
    await shoot('world-broken');
    await world.getByRole('button', { name: 'What was it?' }).click();
    await world.getByText('db.lock.idle_tx').waitFor();
    await shoot('world-revealed');
    await world.getByRole('button', { name: 'Repair' }).click();
    await world.getByRole('button', { name: 'Break something' }).waitFor();
  });

  it('opens App Home for the person who looks', async () => {
    await callApi(slack, 'views.publish', {
      user_id: people.ben,
      view: JSON.stringify({ type: 'home', blocks: [{ type: 'header', text: { type: 'plain_text', text: 'Open requests' } }] }),
    });
    await page.getByRole('button', { name: 'Hotswap', exact: true }).click();
    await page.getByRole('region', { name: 'App Home' }).getByText('Open requests').waitFor();
    await slack.control.waitFor('app_home_opened', async () =>
      (await slack.control.deliveries()).find((item) => item.what === 'app_home_opened'),
    );
  });

  /** Keeps a picture where SCREENSHOTS names a folder. */
  async function shoot(name: string): Promise<void> {
    const folder = process.env.SCREENSHOTS;
    if (folder) await page.screenshot({ path: join(folder, `${name}.png`) });
  }
});

async function callApi(slack: SlackStandIn, method: string, form: Record<string, string>): Promise<unknown> {
  const response = await fetch(slack.apiUrl + method, {
    method: 'POST',
    headers: { authorization: `Bearer ${slack.tokens.bot}` },
    body: new URLSearchParams(form),
  });
  return response.json();
}
