import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sendPages } from '../../src/bot/pager.ts';
import { connectPagerDuty } from '../../src/clients/pagerduty.ts';
import { searchAudit } from '../../src/store/audit.ts';
import { startRun, updateRun } from '../../src/store/runs.ts';
import { told } from '../support/bot.ts';
import { lastView } from '../support/fix-bot.ts';
import { helpWorld } from '../support/help-world.ts';
import { lockReport } from '../support/reports.ts';
import { until } from '../support/service-database.ts';

const viewText = (bot: Parameters<typeof lastView>[0]) => JSON.stringify(lastView(bot));

describe('the button “Page on-call…”', () => {
  it('shows all that will be sent, and sends exactly that once it is confirmed', async () => {
    const { bot, runId, pagerDuty, round, submit, shown } = await helpWorld();
    await bot.press('help:page', runId);
    const text = viewText(bot);
    expect(text).toContain('Latency of production (SEV-2): Session 4711 has been idle in a transaction');
    expect(text).toContain('*Severity:* error');
    expect(text).toContain(`*Deduplication key:* \`${runId}\``);
    expect(text).toContain('https://lab.slack.com/archives/C1SUPPORT/p1700000000000100');
    expect(text).toContain('cause 1: A session that is idle in a transaction blocks others (db.lock.idle_tx, confirmed)');
    await round();
    expect(pagerDuty.pages()).toEqual([]);
    expect(await submit({ summary: 'Deployments stand still; password=correct-horse-battery' })).toBeUndefined();
    await round();
    await round();
    const page = { key: runId, status: 'triggered', severity: 'error', source: 'production' };
    expect(pagerDuty.pages()).toEqual([expect.objectContaining(page)]);
    expect(pagerDuty.pages()[0]?.summary).toMatch(/^Deployments stand still; password=\[redacted\]$/);
    expect(await shown(`page:${runId}`)).toMatch(/PagerDuty was called.*Asked for by <@U1>.*thread:own.*help:resolve/);
  });

  it('pages once, however many people press, and says who did', async () => {
    const { bot, store, runId, pagerDuty, round, submit } = await helpWorld();
    await bot.press('help:page', runId);
    await Promise.all([submit(), submit({}, 'U2')]);
    await round();
    expect(pagerDuty.pages()).toHaveLength(1);
    expect((await store.query("SELECT 1 FROM audit WHERE event = 'escalated'")).rows).toHaveLength(1);
    await bot.press('help:page', runId, { user: 'U2' });
    expect(viewText(bot)).toMatch(/<@U[12]> has paged on-call about this already.*Nobody was called a second time/);
  });

  it('is not for guests', async () => {
    const { bot, store, runId } = await helpWorld();
    await bot.press('help:page', runId, { user: 'UGUEST' });
    expect(viewText(bot)).toContain('Guests');
    expect((await store.query('SELECT 1 FROM pages')).rows).toEqual([]);
  });
});

describe('a page of a thread', () => {
  it('is acknowledged by “I’m on it” and ended by “Resolve”, each once', async () => {
    const { bot, store, runId, pagerDuty, round, submit, shown } = await helpWorld();
    await bot.press('help:page', runId);
    await submit();
    await round();
    await bot.press('thread:own', runId, { user: 'U2' });
    await bot.press('thread:own', runId, { user: 'U1' });
    await round();
    expect(pagerDuty.pages()[0]?.status).toBe('acknowledged');
    expect(await shown(`page:${runId}`)).toMatch(/acknowledged by <@U2>/);
    await bot.press('help:resolve', runId, { user: 'U1' });
    await bot.press('help:resolve', runId, { user: 'U2' });
    expect(told(bot.slack).at(-1)).toContain('resolved already');
    await round();
    expect(pagerDuty.pages()[0]?.status).toBe('resolved');
    const text = await shown(`page:${runId}`);
    expect(text).toMatch(/resolved by <@U1>/);
    expect(text).not.toContain('help:resolve');
    const events = (await searchAudit(store, {}, 10)).map(({ event, actor }) => `${event} ${actor}`);
    expect(events).toEqual(['page-resolved U1', 'page-acknowledged U2', 'escalated U1']);
  });

  it('ends by itself once a run in the thread finds the service healthy, and not by one that began before', async () => {
    const { bot, store, runId, pagerDuty, round, submit, shown } = await helpWorld();
    const add = async () => {
      const id = randomUUID();
      await startRun(store, {
        ...{ id, threadId: runId, topic: 'latency', target: 'production', question: {}, channel: 'C1SUPPORT', requestedBy: 'U1' },
        ...{ triggerId: null, responseUrl: null },
      });
      return id;
    };
    const report = lockReport({ outcome: 'healthy', severity: null, diagnoses: [] });
    const heal = (id: string) => updateRun(store, id, { status: 'done', report, finishedAt: new Date() });
    const before = await add();
    await bot.press('help:page', runId);
    await submit();
    await heal(before);
    await round();
    expect(pagerDuty.pages()[0]?.status).toBe('triggered');
    await heal(await add());
    await round();
    expect(pagerDuty.pages()[0]?.status).toBe('resolved');
    expect(await shown(`page:${runId}`)).toContain('resolved by a run that found it healthy');
  });

  it('is acknowledged and ended at the pager later where that is away just then, and is not paged a second time', async () => {
    const { bot, store, runId, pagerDuty, round, submit, shown, log } = await helpWorld();
    const away = connectPagerDuty({ url: 'http://127.0.0.1:9/v2/enqueue', routingKey: 'never-answers' });
    const roundAway = async () => {
      await store.query('UPDATE pages SET next_attempt_at = now()');
      await sendPages({ store, pager: away, log });
    };
    await bot.press('help:page', runId);
    await submit();
    await round();
    await bot.press('thread:own', runId, { user: 'U2' });
    for (let tries = 0; tries < 3; tries += 1) await roundAway();
    expect(pagerDuty.pages()[0]?.status).toBe('triggered');
    expect(await shown(`page:${runId}`)).toMatch(/acknowledged by <@U2>.*PagerDuty does not know that yet/);
    await round();
    expect(pagerDuty.pages()[0]?.status).toBe('acknowledged');
    expect(await shown(`page:${runId}`)).not.toContain('does not know that yet');
    await bot.press('help:resolve', runId, { user: 'U1' });
    for (let tries = 0; tries < 3; tries += 1) await roundAway();
    expect(await shown(`page:${runId}`)).toMatch(/resolved by <@U1>.*PagerDuty does not know that yet/);
    await round();
    expect(pagerDuty.pages()).toEqual([expect.objectContaining({ key: runId, status: 'resolved' })]);
    expect(await shown(`page:${runId}`)).not.toContain('does not know that yet');
  });

  it('says so where the pager refuses to be told that it is over', async () => {
    const { bot, store, runId, pagerDuty, round, submit, shown, log } = await helpWorld();
    await bot.press('help:page', runId);
    await submit();
    await round();
    await bot.press('help:resolve', runId, { user: 'U1' });
    await sendPages({ store, pager: connectPagerDuty({ url: pagerDuty.eventsUrl, routingKey: 'another' }), log });
    expect(await shown(`page:${runId}`)).toMatch(/resolved by <@U1>.*PagerDuty refuses to be told so \(HTTP 400\): do it there/);
  });

  it('can be asked for anew once the pager knows that the last one is over', async () => {
    const { bot, runId, pagerDuty, round, submit, shown } = await helpWorld();
    await bot.press('help:page', runId);
    await submit();
    await round();
    await bot.press('help:resolve', runId);
    await bot.press('help:page', runId);
    expect(viewText(bot)).toContain('still being told that the last page is over');
    await round();
    await bot.press('help:page', runId);
    await submit({ summary: 'It is back.' });
    await round();
    expect(pagerDuty.pages()).toEqual([expect.objectContaining({ key: runId, status: 'triggered', summary: 'It is back.' })]);
    expect(await shown(`page:${runId}:2`)).toContain('It is back.');
  });

  it('calls people in the thread where no pager is configured, or where it refuses', async () => {
    const { bot, store, runId, submit, shown, log } = await helpWorld();
    await bot.press('help:page', runId);
    await submit();
    await sendPages({ store, pager: undefined, log });
    expect(await shown(`page:${runId}:unpaged`)).toMatch(/<!subteam\^S123>.*No pager is configured/);
    await bot.press('help:resolve', runId);
    await bot.press('help:page', runId);
    await submit();
    const wrong = connectPagerDuty({ url: 'http://127.0.0.1:9/v2/enqueue', routingKey: 'never-answers' });
    for (let tries = 0; tries < 2; tries += 1) {
      await store.query('UPDATE pages SET next_attempt_at = now()');
      await sendPages({ store, pager: wrong, log });
    }
    expect(await shown(`page:${runId}:2`)).toContain('PagerDuty does not answer');
  });
});

describe('/hotswap escalate', () => {
  it('opens the same window for the newest incident, by its id, or by a link to a message of it', async () => {
    const { bot, store, runId } = await helpWorld();
    const opened = () => bot.slack.calls.filter(({ method }) => method === 'views.update').length;
    const link = 'https://lab.slack.com/archives/C1SUPPORT/p1700000000000100?thread_ts=1700000000.000100';
    let count = 0;
    for (const words of ['', runId.slice(0, 8), `<${link}>`]) {
      expect(await bot.type(`escalate ${words}`)).toContain('Nobody is called before you press');
      count += 1;
      await until(async () => opened() === count, 'the window is filled');
      expect(viewText(bot)).toContain(runId);
    }
    expect((await store.query('SELECT 1 FROM pages')).rows).toEqual([]);
  });

  it('says what an incident is where it knows none, and names the channel where it belongs elsewhere', async () => {
    const { bot, runId } = await helpWorld();
    expect(await bot.type('escalate deadbeef')).toContain('I know no such incident');
    expect(await bot.type('escalate', { channel: 'C2STAGING' })).toContain('There is no incident in this channel yet');
    expect(await bot.type(`escalate ${runId.slice(0, 8)}`, { channel: 'C2STAGING' })).toContain('That incident is in <#C1SUPPORT>');
  });
});
