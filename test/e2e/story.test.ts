import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserAvailable, launchBrowser } from '../support/chromium.ts';
import { createRedisDatabase, redisAvailable } from '../support/redis.ts';
import { runSandbox, type SandboxProcess, until } from './sandbox-process.ts';

/** The story of the README, lived by two people in the browser, with every process of the product for real. */

const inRedis = { way: 'HTTP mode, queue in Redis', options: async () => ['--slack-mode', 'http', '--redis', await createRedisDatabase()] };
const ways = [
  { way: 'Socket Mode, queue in PostgreSQL', options: async () => ['--slack-mode', 'socket'] },
  ...(redisAvailable ? [inRedis] : []),
];

describe.runIf(browserAvailable('the story in the browser')).each(ways)('a lock chain, lived in the browser ($way)', ({ way, options }) => {
  let sandbox: SandboxProcess;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    sandbox = await runSandbox([...(await options()), '--incident', 'lock-chain', '--seed', '11']);
    browser = await launchBrowser();
    page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
    page.setDefaultTimeout(120_000);
    await page.goto(sandbox.pageUrl);
    await sandbox.incidentReady('lock-chain', 300_000);
  });

  afterAll(async () => {
    await browser?.close();
    await sandbox?.stop();
  });

  const thread = (): Locator => page.getByRole('complementary', { name: 'Thread' });
  const actAs = async (name: string) => {
    await page.getByRole('combobox', { name: 'Acting as' }).selectOption({ label: name });
  };
  const press = async (name: RegExp | string) => {
    await thread().getByRole('button', { name }).last().click();
  };
  const confirm = async (name: string) => {
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
  };
  /** Keeps a picture where SCREENSHOTS names a folder. */
  const shoot = async (name: string) => {
    const folder = process.env.SCREENSHOTS;
    if (folder !== undefined) await page.screenshot({ path: join(folder, `${way.slice(0, 4).trim()}-${name}.png`) });
  };

  it('finds the cause, although the worker is killed in the middle', async () => {
    await page.getByRole('textbox', { name: 'Message #hotswap-support' }).fill('/hotswap diagnose latency');
    await page.keyboard.press('Enter');
    await page
      .getByRole('log', { name: 'Messages' })
      .getByRole('button', { name: /repl(y|ies)/ })
      .click();
    await thread()
      .getByText(/Looking|looking|in progress/)
      .first()
      .waitFor();
    await sandbox.kill('worker');
    await thread().getByText('db.lock.idle_tx').first().waitFor();
    await shoot('report');
    expect((await sandbox.processes()).find(({ name }) => name === 'worker')?.restarts).toBe(1);
    expect(await thread().getByText('What is wrong').count()).toBe(1);
  });

  it('tries the wrong fix first, and says with numbers that it did not help', async () => {
    await actAs('Ana Ruiz');
    await press(/^Other fixes/);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /Choose: Change the number of replicas/ })
      .click();
    const form = page.getByRole('dialog').last();
    await form.getByRole('textbox', { name: 'Replicas' }).fill('4');
    await form.getByRole('button', { name: 'Make a plan' }).click();
    await thread()
      .getByRole('button', { name: /^Approve/ })
      .last()
      .waitFor();
    await shoot('plan');
    await actAs('Chloe Martin');
    await press(/^Approve/);
    await confirm('Approve');
    await thread().getByText('Not fixed').first().waitFor({ timeout: 480_000 });
    await shoot('not-fixed');
  });

  it('ends the idle session after a second person approves, and sees that it helped', async () => {
    await actAs('Ana Ruiz');
    await press(/^End the idle session/);
    await page.getByRole('dialog').getByRole('button', { name: 'Make a plan' }).click();
    const approve = thread()
      .getByRole('button', { name: /^Approve: / })
      .last();
    await approve.waitFor();
    await approve.click();
    await confirm('Approve');
    await page
      .getByText(/somebody else must approve it/)
      .first()
      .waitFor();
    await actAs('Ben Okafor');
    await press(/^Approve: /);
    await confirm('Approve');
    await thread().getByText('Fixed', { exact: true }).first().waitFor({ timeout: 480_000 });
    await page.getByRole('log', { name: 'Messages' }).getByText('Last fix: End an idle transaction').first().waitFor();
    await shoot('fixed');
    await until('the latency to recover', 120_000, async () => (await vitals(sandbox))['p95, 5 minutes'] !== 'no traffic');
  });

  it('takes the wrong fix back, which two others must approve because it takes capacity away', async () => {
    await actAs('Ana Ruiz');
    await press(/^Undo: /);
    for (const person of ['Ben Okafor', 'Chloe Martin']) {
      await actAs(person);
      await thread()
        .getByRole('button', { name: /^Approve: / })
        .last()
        .waitFor();
      await press(/^Approve: /);
      await confirm('Approve');
      if (person === 'Ben Okafor')
        await thread()
          .getByText(/Needs one approval more/)
          .last()
          .waitFor();
    }
    await thread().getByText('Taken back.').first().waitFor();
    await shoot('undone');
  });

  it('runs again, and says what has changed', async () => {
    await press(/^Run again/);
    await thread().getByText('Since the last run').first().waitFor();
    await shoot('again');
  });

  it('finds what was broken unseen', async () => {
    const world = page.getByRole('region', { name: 'World' });
    await sandbox.stopIncident('lock-chain');
    await world.getByRole('button', { name: 'Break something' }).click();
    await world.getByRole('status').getByText('ready').waitFor();
    await page.getByRole('textbox', { name: 'Message #hotswap-support' }).fill('/hotswap diagnose');
    await page.keyboard.press('Enter');
    const messages = page.getByRole('log', { name: 'Messages' });
    const root = messages.locator('article').filter({ hasText: 'All of production:' });
    await root.getByRole('button', { name: /repl(y|ies)/ }).click();
    await thread().getByText('What is wrong').first().waitFor();
    await shoot('unseen');
    await world.getByRole('button', { name: 'What was it?' }).click();
    const truth = await world.locator('.truth code').innerText();
    expect(await thread().getByText(truth, { exact: true }).count()).toBeGreaterThan(0);
    await world.getByRole('button', { name: 'Repair' }).click();
    await world.getByRole('button', { name: 'Break something' }).waitFor();
  });
});

async function vitals(sandbox: SandboxProcess): Promise<Record<string, string>> {
  const response = await fetch(`${sandbox.worldUrl}/status`);
  const answer: unknown = await response.json();
  return Object.fromEntries(Object.entries(Object(answer)).map(([name, value]) => [name, String(value)]));
}
