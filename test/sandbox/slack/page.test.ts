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
  const incident = { id: 'lock-chain', title: 'Lock chain', state: 'idle', detail: 'An idle session holds a row lock.' };

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
      'GET /incidents': () => [incident],
      'GET /status': () => ({ 'p99 latency': '84 ms', 'Ready pods': '4 of 4' }),
      'POST /incidents/:id/start': ({ id }) => {
        if (id === incident.id) incident.state = 'ready';
      },
    });
    await world.getByRole('button', { name: 'Start Lock chain' }).click();
    await world.getByRole('button', { name: 'Stop Lock chain' }).waitFor();
    await world.getByText('84 ms').waitFor();
    await shoot('world');
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
