import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SlackStandIn, startSlack } from '../../../sandbox/slack/server.ts';
import { channels, people } from '../../../sandbox/slack/workspace.ts';
import { startApp } from './bolt-app.ts';

describe.each(['socket', 'http'] as const)('the real Bolt in %s mode', (kind) => {
  let slack: SlackStandIn;
  let app: Awaited<ReturnType<typeof startApp>>;

  beforeAll(async () => {
    slack = await startSlack({
      mode: kind === 'socket' ? { kind } : { kind, requestUrl: 'http://127.0.0.1:1/' },
      timing: { ackMs: 3_000 },
    });
    app = await startApp(slack, kind);
  });
  afterAll(async () => {
    await app.stop();
    await slack.close();
  });

  it('takes a command through to a submitted modal', async () => {
    const { control } = slack;
    const { ana } = people;
    const channel = channels.support;
    expect(await control.say({ user: ana, channel, text: '/hotswap diagnose latency' })).toEqual({ ok: true });
    const report = await control.waitForMessage({ channel }, /Report/);
    expect(report.blocks[0]).toMatchObject({ text: { text: `*Report* for <@${ana}>` } });
    expect(await control.ephemerals(ana)).toMatchObject([{ text: 'Looking at diagnose latency' }]);
    expect(await control.ephemerals(people.ben)).toEqual([]);

    expect(await control.click({ user: ana, channel, ts: report.ts, label: 'Scale out' })).toEqual({ ok: true });
    const view = await control.waitForView(ana);
    const empty = await control.submit({ user: ana, viewId: view.id, typed: {} });
    expect(empty.fields).toEqual({ replicas: 'Please complete this required field.' });
    const tooMany = await control.submit({ user: ana, viewId: view.id, typed: { value: '11' } });
    expect(tooMany.fields).toEqual({ replicas: 'At most 10.' });
    expect(await control.views(ana)).toHaveLength(1);
    expect(await control.submit({ user: ana, viewId: view.id, typed: { value: '4' } })).toEqual({ ok: true });
    expect(await control.views(ana)).toEqual([]);
    await control.waitForMessage({ channel, threadTs: report.ts }, /asks for 4 replicas/);
  });

  it('shows what an acknowledgement says to its author only', async () => {
    await slack.control.say({ user: people.erin, channel: channels.general, text: '/hotswap help' });
    expect(await slack.control.ephemerals(people.erin)).toMatchObject([{ text: 'Usage: /hotswap diagnose latency' }]);
    expect(await slack.control.messages({ channel: channels.general })).toEqual([]);
  });

  it('says so when the app does not acknowledge in time', async () => {
    const outcome = await slack.control.say({ user: people.ana, channel: channels.support, text: '/hotswap silence' });
    expect(outcome).toMatchObject({ ok: false, text: '/hotswap failed with the error "operation_timeout"' });
  });

  it('refuses a command in a thread before the app hears of it', async () => {
    const root = await slack.control.say({ user: people.ana, channel: channels.general, text: 'hello' });
    const before = (await slack.control.deliveries()).length;
    const outcome = await slack.control.say({ user: people.ana, channel: channels.general, text: '/hotswap help', threadTs: root.ts });
    expect(outcome.text).toBe('/hotswap is not supported in threads. Sorry!');
    expect(await slack.control.deliveries()).toHaveLength(before);
  });

  it('delivers a mention', async () => {
    const said = await slack.control.say({ user: people.ana, channel: channels.support, text: '@hotswap are you there?' });
    await slack.control.waitForMessage({ channel: channels.support, threadTs: String(said.ts) }, /Heard you/);
  });
});
