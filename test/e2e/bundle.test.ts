import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SeenMessage } from '../../sandbox/slack/control/shapes.ts';
import { channels, people } from '../../sandbox/slack/workspace.ts';
import { Manifest } from '../../src/bundle/manifest.ts';
import { unpack } from '../support/unpack.ts';
import { runSandbox, type SandboxProcess } from './sandbox-process.ts';

/** A support bundle from the button to the file in the thread and out of Slack again, with every process of the product for real. */

const user = people.ana;
const channel = channels.support;

describe('a support bundle of a lock chain', () => {
  let sandbox: SandboxProcess;
  beforeAll(async () => {
    sandbox = await runSandbox(['--slack-mode', 'socket', '--incident', 'lock-chain', '--seed', '11']);
    await sandbox.incidentReady('lock-chain', 300_000);
  });
  afterAll(() => sandbox?.stop());

  /** Fills in the window that has just opened. */
  const submit = async (typed: Record<string, string>): Promise<string> => {
    const { slack } = sandbox;
    const filled = async () => (await slack.views(user)).find(({ blocks }) => JSON.stringify(blocks).includes('What is wrong?'));
    const view = await slack.waitFor('the window', filled);
    expect(await slack.submit({ user, viewId: view.id, typed })).toMatchObject({ ok: true });
    return JSON.stringify(view.blocks);
  };
  const has = (text: string) => (message: SeenMessage) => JSON.stringify(message.blocks).includes(text);

  it('goes from the button under the report into the thread, whole, and out of Slack again', async () => {
    const { slack } = sandbox;
    await slack.say({ user, channel, text: '/hotswap diagnose latency' });
    const report = await slack.waitForMessage({ channel }, has('bundle:ask'), 120_000);
    await slack.click({ user, channel, ts: report.ts, label: 'Support bundle…' });
    expect(await submit({ symptom: 'Orders hang', span: '900' })).toContain('idle in its transaction');
    const where = { channel, threadTs: report.threadTs ?? '' };
    const finished = await slack.waitForMessage(where, has('bundle:remove'), 120_000);
    const posted = await slack.waitForMessage(where, ({ fileIds }) => fileIds.length === 1);
    const content = await slack.fileContent(posted.fileIds[0] ?? '');
    expect(JSON.stringify(finished.blocks)).toContain(createHash('sha256').update(content).digest('hex'));
    const files = await unpack(content);
    const manifest = Manifest.parse(JSON.parse(files.get('manifest.json')?.toString() ?? ''));
    expect(manifest).toMatchObject({ target: 'production', sinceSeconds: 900, told: { symptom: 'Orders hang' } });
    expect(manifest.collectors.filter((collector) => collector.files === 0)).toEqual([]);
    for (const { path, sha256 } of manifest.files)
      expect([
        path,
        createHash('sha256')
          .update(files.get(path) ?? '')
          .digest('hex'),
      ]).toEqual([path, sha256]);
    expect(files.get('diagnosis/report.json')?.toString()).toContain('db.lock.idle_tx');
    expect(files.get('report.html')?.toString()).toContain('Orders hang');
    await slack.click({ user, channel, ts: finished.ts, label: 'Remove from Slack' });
    await slack.waitForMessage(where, /has removed it from Slack/, 120_000);
    expect(await slack.files()).toEqual([]);
  });

  it('says so in a thread of its own where its worker is killed, and comes when it is asked for again', async () => {
    const { slack } = sandbox;
    await slack.say({ user, channel, text: '/hotswap bundle --since 15m' });
    await submit({});
    await slack.waitForMessage({ channel }, /^Support bundle of production: collecting/, 120_000);
    await sandbox.kill('worker');
    const failed = await slack.waitForMessage(
      { channel },
      (message) => /worker that had it has stopped/.test(message.text) && has('bundle:again')(message),
      120_000,
    );
    await slack.click({ user, channel, ts: failed.ts, label: 'Run again' });
    await submit({});
    await slack.waitForMessage({ channel, threadTs: failed.threadTs ?? '' }, ({ fileIds }) => fileIds.length === 1, 120_000);
  });
});
