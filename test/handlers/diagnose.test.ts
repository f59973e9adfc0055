import { describe, expect, it, vi } from 'vitest';
import { ownThread } from '../../src/slack/run-view.ts';
import { findMessage } from '../../src/store/messages.ts';
import { updateRun } from '../../src/store/runs.ts';
import { startBot, type TestBot, told } from '../support/bot.ts';
import { takeDatabaseAway } from '../support/database.ts';
import { lockReport } from '../support/reports.ts';

async function runs({ store }: TestBot): Promise<{ id: string; status: string; topic: string; target: string; thread_id: string }[]> {
  return (await store.query('SELECT id, status, topic, target, thread_id FROM runs ORDER BY queued_at')).rows;
}

/** Calls of Slack, the reading of who may approve left aside. */
const seen = ({ slack }: TestBot) => slack.calls.filter(({ method }) => !method.startsWith('usergroups.'));

async function onlyRun(bot: TestBot) {
  const [run] = await runs(bot);
  if (run === undefined) throw new Error('no run was started');
  return run;
}

describe('/hotswap diagnose', () => {
  it('queues a run, shows it in the channel and answers at once', async () => {
    const bot = await startBot();
    expect(await bot.type('diagnose latency')).toBe('Looking at latency of production. The answer comes in the thread.');
    const run = await onlyRun(bot);
    expect(run).toMatchObject({ status: 'queued', topic: 'latency', target: 'production' });
    expect(await bot.context.diagnoses.state(run.id)).toBe('waiting');
    expect(await findMessage(bot.store, `thread:${run.id}:root`)).toMatchObject({
      channel: 'C1SUPPORT',
      text: 'Latency of production: looking…',
    });
    expect(seen(bot)).toEqual([]);
  });

  it('means the channel’s own target where none is typed', async () => {
    const bot = await startBot();
    await bot.type('diagnose slow', { channel: 'C2STAGING' });
    expect(await onlyRun(bot)).toMatchObject({ topic: 'latency', target: 'staging' });
  });

  it('starts one run for one interaction, and points to the run that is under way', async () => {
    const bot = await startBot();
    await bot.type('diagnose latency', { trigger: 't1' });
    await bot.type('diagnose latency', { trigger: 't1' });
    const run = await onlyRun(bot);
    await bot.store.query("UPDATE messages SET permalink = 'https://lab.slack.com/archives/C1/p1'");
    expect(await bot.type('diagnose latency', { user: 'U2' })).toBe(
      'I am already looking at latency of production: see <https://lab.slack.com/archives/C1/p1|in the thread>.',
    );
    expect(await runs(bot)).toHaveLength(1);
    await updateRun(bot.store, run.id, { status: 'done' });
    await bot.type('diagnose latency', { trigger: 't2' });
    expect(await runs(bot)).toHaveLength(2);
  });

  it.each([
    ['diagnose latncy', 'Did you mean `/hotswap diagnose latency`?'],
    ['diagnose latency prodution', 'Did you mean `/hotswap diagnose latency production`?'],
    ['diagnose latency --verbose', 'I do not know the flag `--verbose`'],
    ['dignose latency', 'Did you mean `/hotswap diagnose latency`?'],
    ['help', '`/hotswap diagnose [topic]'],
    ['help', '*To show:* `pods`'],
    ['help me', '`/hotswap freeze [reason]`'],
    ['freeze --help', '*What I can do*\n• `/hotswap freeze [reason]`: '],
    ['frobnicate', '*Commands:* `diagnose`, `show`, `fix`'],
    ['diagnose xyzzy', '*Topics:* `latency` (slow).'],
    ['', '*Targets:* `production` (meant here where none is typed), `staging`.'],
  ])('answers "%s" with the usage, to the person alone', async (text, expected) => {
    const bot = await startBot();
    expect(await bot.type(text)).toContain(expected);
    expect(await runs(bot)).toEqual([]);
  });

  it('says which channels it works in', async () => {
    const bot = await startBot();
    expect(await bot.type('diagnose latency', { channel: 'C9ELSEWHERE' })).toBe(
      'I do not work in this channel. I do in: <#C1SUPPORT> (production), <#C2STAGING> (staging).',
    );
    expect(await runs(bot)).toEqual([]);
  });
});

async function queuesConnected({ context: { diagnoses, remediations, bundles } }: TestBot): Promise<void> {
  await Promise.all([diagnoses, remediations, bundles].map((queue) => vi.waitFor(() => queue.state('none'), { timeout: 15_000 })));
}

describe('when what the bot stands on is down', () => {
  it('says that the queue does not answer, starts nothing and names the terminal command', async () => {
    const bot = await startBot({ queue: { kind: 'redis', url: 'redis://127.0.0.1:9' }, answerWithinMs: 6_000 });
    const answer = await bot.type('diagnose latency');
    expect(answer).toContain('job queue');
    expect(answer).toContain('npx hotswap diagnose latency production');
    expect(await onlyRun(bot)).toMatchObject({ status: 'failed' });
    expect((await bot.store.query('SELECT key FROM messages')).rows).toEqual([]);
  });

  it('says that its database does not answer', async () => {
    const bot = await startBot();
    await queuesConnected(bot); // one that still connects would break off where nobody catches it
    await takeDatabaseAway(bot.url);
    const answer = await bot.type('diagnose latency');
    expect(answer).toContain('my own database');
    expect(answer).toContain('npx hotswap diagnose latency production');
  });

  it('gives an id to quote for what nobody expected', async () => {
    const bot = await startBot();
    await bot.store.query('ALTER TABLE threads RENAME TO mislaid');
    const answer = await bot.type('diagnose latency');
    expect(answer).toMatch(/quote `[0-9a-f]{8}`/);
    expect(answer).not.toContain('mislaid');
    expect(answer).not.toContain('relation');
  });
});

describe('buttons of a thread', () => {
  async function finished() {
    const bot = await startBot();
    await bot.type('diagnose latency');
    const run = await onlyRun(bot);
    await updateRun(bot.store, run.id, { status: 'done', report: lockReport(), finishedAt: new Date() });
    return { bot, run };
  }

  it('"I’m on it" names one owner in the root message', async () => {
    const { bot, run } = await finished();
    await bot.press('thread:own', run.thread_id, { user: 'U2' });
    await bot.press('thread:own', run.thread_id, { user: 'U3' });
    expect(told(bot.slack)).toEqual(['You are on it. The message in the channel says so.', '<@U2> is on it already.']);
    const { rows } = await bot.store.query('SELECT blocks FROM messages WHERE thread_key IS NULL');
    expect(JSON.stringify(rows[0])).toContain('<@U2> is on it.');
    expect(JSON.stringify(rows[0])).not.toContain('thread:own');
  });

  it('"Run again" goes on in the same thread, once for a click that Slack delivers twice', async () => {
    const { bot, run } = await finished();
    await bot.press('run:again', run.id, { trigger: 'click' });
    await bot.press('run:again', run.id, { trigger: 'click' });
    expect(await runs(bot)).toMatchObject([{ id: run.id }, { status: 'queued', thread_id: run.thread_id }]);
    expect((await findMessage(bot.store, `thread:${run.id}:root`))?.text).toBe('Latency of production: looking again…');
    await bot.press('run:again', run.id, { user: 'U2' });
    expect(told(bot.slack)).toEqual(['I am already looking at latency of production.']);
  });

  it('"Evidence" opens a window at once and fills it from the stored report', async () => {
    const { bot, run } = await finished();
    bot.slack.next('views.open', { body: { ok: true, view: { id: 'V1' } } });
    await bot.press('run:evidence', `${run.id}/0`);
    expect(seen(bot).map(({ method }) => method)).toEqual(['views.open', 'views.update']);
    expect(JSON.stringify(seen(bot)[0]?.args)).toContain('One moment');
    expect(seen(bot)[1]?.args.view_id).toBe('V1');
    expect(JSON.stringify(seen(bot)[1]?.args)).toContain('SELECT pid FROM pg_stat_activity;');
  });

  it('answers clicks that carry something that is not there', async () => {
    const { bot } = await finished();
    const nobody = '00000000-0000-4000-8000-000000000000';
    await bot.press('run:again', nobody);
    await bot.press('thread:own', nobody);
    await bot.press('run:again', 'not an id');
    expect(told(bot.slack)).toHaveLength(3);
    expect(told(bot.slack)[0]).toContain('no longer know this run');
    expect(told(bot.slack)[1]).toContain('no longer know this thread');
    expect(told(bot.slack)[2]).toContain('no longer know this run');
  });

  it('keeps the owner when a result is drawn at the same moment', async () => {
    const { bot, run } = await finished();
    await Promise.all([ownThread(bot.store, run.thread_id, 'U2'), bot.press('run:again', run.id)]);
    const { rows } = await bot.store.query('SELECT blocks FROM messages WHERE thread_key IS NULL');
    expect(JSON.stringify(rows[0])).toContain('<@U2> is on it.');
    expect(JSON.stringify(rows[0])).toContain('looking again');
  });
});

describe('mentions and the Home', () => {
  it('answers a mention with the help, once', async () => {
    const bot = await startBot();
    const event = { type: 'app_mention', channel: 'C1SUPPORT', user: 'U1', ts: '5.5', text: '<@UBOT> hi' };
    const body = { type: 'event_callback', team_id: 'T1', event_id: 'Ev1', event };
    await bot.send(body);
    await bot.send(body);
    expect(seen(bot)).toMatchObject([{ method: 'chat.postMessage', args: { channel: 'C1SUPPORT', thread_ts: '5.5' } }]);
    expect(seen(bot)[0]?.args.text).toContain('/hotswap diagnose [topic]');
    expect(seen(bot)[0]?.args.text).toContain('/hotswap show <what>');
  });

  it('shows a Home', async () => {
    const bot = await startBot();
    const event = { type: 'app_home_opened', user: 'U1', tab: 'home', channel: 'D1' };
    await bot.send({ type: 'event_callback', team_id: 'T1', event_id: 'Ev2', event });
    expect(seen(bot)).toMatchObject([{ method: 'views.publish', args: { user_id: 'U1' } }]);
  });
});
