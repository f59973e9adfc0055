import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startRedraw } from '../../src/bot/redraw.ts';
import { drawActiveBanners, drawBanners } from '../../src/slack/freeze-view.ts';
import { drawRequest } from '../../src/slack/request-view.ts';
import { searchAudit } from '../../src/store/audit.ts';
import { activeFreeze, beginFreeze, liftFreeze } from '../../src/store/freezes.ts';
import { openRequests } from '../../src/store/requests.ts';
import { openRequest } from '../remediations/approvals/records.ts';
import { startBot, type TestBot, told, typeKnown } from '../support/bot.ts';
import { addRun } from '../support/fix-world.ts';
import { until } from '../support/service-database.ts';

const APPROVER = 'UAPPROVER';

async function freezeBot() {
  const bot = await startBot();
  const { slack } = bot;
  slack.always(({ method }) => method === 'usergroups.users.list', { body: { ok: true, users: [APPROVER] } });
  slack.always(({ method }) => method === 'auth.test', { body: { ok: true, team_id: 'T1' } });
  slack.always(({ method }) => method === 'conversations.members', { body: { ok: true, members: ['U1', 'UGUEST', APPROVER] } });
  slack.always(({ method, args }) => method === 'users.info' && args.user === 'UGUEST', {
    body: { ok: true, user: { id: 'UGUEST', team_id: 'T1', is_restricted: true } },
  });
  slack.always(({ method }) => method === 'users.info', { body: { ok: true, user: { id: 'U1', team_id: 'T1' } } });
  await until(async () => slack.calls.some(({ method }) => method === 'usergroups.users.list'), 'the approvers are known');
  return bot;
}

async function waitingRequest({ store }: TestBot) {
  const { runId } = await addRun(store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
  const requests = openRequests(store, drawRequest);
  const record = openRequest('R2', { thread: runId, run: runId, state: 'approved' });
  await requests.create(record, { event: 'requested', actor: 'U1', details: {} }, new Date());
  return { record, requests };
}

const pins = async ({ store }: TestBot) => {
  const { rows } = await store.query<{ pinned: boolean }>("SELECT pinned FROM messages WHERE key LIKE 'freeze:%'");
  return rows.map(({ pinned }) => pinned);
};

const textOf = async ({ store }: TestBot, like: string) => {
  const { rows } = await store.query<{ blocks: unknown }>('SELECT blocks FROM messages WHERE key LIKE $1', [like]);
  return JSON.stringify(rows.map(({ blocks }) => blocks));
};

describe('/hotswap freeze', () => {
  it('may be typed by any full member, shows a banner and says so in every open request', async () => {
    const bot = await freezeBot();
    const { record } = await waitingRequest(bot);
    expect(await typeKnown(bot, 'freeze', 'UGUEST')).toContain('Guests');
    expect(await activeFreeze(bot.store)).toBeNull();
    expect(await typeKnown(bot, 'freeze we are in the wrong cluster')).toContain('Frozen');
    expect(await activeFreeze(bot.store)).toMatchObject({ by: 'U1', reason: 'we are in the wrong cluster' });
    expect(await textOf(bot, 'freeze:%')).toMatch(/Everything is frozen.*wrong cluster.*One approved fix waits.*freeze:lift/);
    expect(new Set(await pins(bot))).toEqual(new Set([true]));
    expect(await textOf(bot, `request:${record.id}`)).toContain('*Frozen* by <@U1>');
    expect(await typeKnown(bot, 'freeze', APPROVER)).toContain('<@U1> has frozen everything already');
    expect((await searchAudit(bot.store, { person: 'U1' }, 1))[0]).toMatchObject({ event: 'frozen', request_id: null });
  });

  it('is lifted by approvers alone, with the command or the button of the banner', async () => {
    const bot = await freezeBot();
    const { record } = await waitingRequest(bot);
    await typeKnown(bot, 'freeze');
    const { id } = (await activeFreeze(bot.store)) ?? { id: '' };
    expect(await typeKnown(bot, 'unfreeze')).toContain('Only <!subteam^S123> may lift');
    await bot.press('freeze:lift', id);
    expect(told(bot.slack).at(-1)).toContain('Only <!subteam^S123> may lift');
    expect(await activeFreeze(bot.store)).not.toBeNull();
    await bot.press('freeze:lift', id, { user: APPROVER });
    expect(await activeFreeze(bot.store)).toBeNull();
    expect(await textOf(bot, 'freeze:%')).toMatch(/was lifted by <@UAPPROVER>/);
    expect(new Set(await pins(bot))).toEqual(new Set([false]));
    expect(await textOf(bot, `request:${record.id}`)).not.toContain('Frozen');
    await bot.press('freeze:lift', id, { user: APPROVER });
    expect(told(bot.slack).at(-1)).toContain('does not stand any more');
    expect(await typeKnown(bot, 'unfreeze', APPROVER)).toBe('Nothing is frozen.');
    expect((await searchAudit(bot.store, {}, 1))[0]).toMatchObject({ event: 'unfrozen', actor: APPROVER });
  });
});

describe('/hotswap freeze of somebody who is not known yet', () => {
  it('is answered before Slack is asked who they are, and follows', async () => {
    const bot = await freezeBot();
    expect(await bot.type('freeze')).toContain('asking Slack who you are');
    await until(() => told(bot.slack).some((text) => text.startsWith('Frozen')), 'the answer follows');
    expect(await activeFreeze(bot.store)).not.toBeNull();
    expect(await bot.type('freeze')).toContain('has frozen everything already');
  });
});

describe('drawing again', () => {
  it('puts right what a message was made to say, and sends nothing where nothing has changed', async () => {
    const bot = await freezeBot();
    const { record, requests } = await waitingRequest(bot);
    const key = `request:${record.id}`;
    const before = await textOf(bot, key);
    const version = async () =>
      (await bot.store.query<{ version: number }>('SELECT version FROM messages WHERE key = $1', [key])).rows[0]?.version;
    await bot.store.query("UPDATE messages SET blocks = '[]', text = 'Approved by everybody' WHERE key = $1", [key]);
    const loop = startRedraw({ store: bot.store, requests, channels: ['C1SUPPORT'], log: bot.context.log });
    await until(async () => (await textOf(bot, key)) === before, 'the message is put right');
    await loop.stop();
    const settled = await version();
    await requests.redraw(record.id);
    expect(await version()).toBe(settled);
  });

  it('never brings back the banner of a freeze that is lifted meanwhile', async () => {
    const { store } = await freezeBot();
    const id = randomUUID();
    const { freeze } = await beginFreeze(store, { id, reason: 'once', by: 'U1', at: new Date() });
    const lifting = await store.connect();
    await lifting.query('BEGIN');
    const lifted = await liftFreeze(lifting, 'U2', new Date());
    const drawing = drawActiveBanners(store, ['C1SUPPORT']);
    await drawBanners(lifting, lifted ?? freeze, ['C1SUPPORT']);
    await lifting.query('COMMIT');
    lifting.release();
    await drawing;
    const { rows } = await store.query<{ text: string }>("SELECT text FROM messages WHERE key LIKE 'freeze:%'");
    expect(rows.map(({ text }) => text)).toEqual([expect.stringContaining('lifted')]);
  });
});
