import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { startFixProcess } from '../../src/bot/fix-process.ts';
import { RequestRecord } from '../../src/remediations/approvals/record.ts';
import { drawRequest } from '../../src/slack/request-view.ts';
import { openRequests } from '../../src/store/requests.ts';
import { sampleRequest } from '../remediations/approvals/records.ts';
import { startBot, told } from '../support/bot.ts';
import { addRun, fixPolicy, fixSettings } from '../support/fix-world.ts';
import { createServiceDatabase, until } from '../support/service-database.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const ONCALL = 'S0ONCALL';
const glass = { breakGlass: { by: 'role:on-call' as const, page: ['role:approvers' as const] } };
const roles = { 'on-call': [`group:${ONCALL}` as const] };

/** A bot and an executor under one policy that the test may change, and a session whose end is asked for. */
async function world(policy: Parameters<typeof fixPolicy>[0]) {
  const database = await createServiceDatabase();
  const state = { policy: fixPolicy(policy), onCall: ['U1'] };
  const bot = await startBot({ settings: fixSettings(database), policy: { current: () => state.policy } });
  const { slack } = bot;
  slack.always(({ method, args }) => method === 'usergroups.users.list' && args.usergroup === ONCALL, {
    body: { ok: true, users: state.onCall },
  });
  slack.always(({ method }) => method === 'usergroups.users.list', { body: { ok: true, users: ['UAPPROVER', 'USECOND'] } });
  slack.always(({ method }) => method === 'auth.test', { body: { ok: true, team_id: 'T1' } });
  slack.always(({ method }) => method === 'views.open', { body: { ok: true, view: { id: 'V1' } } });
  slack.always(({ method }) => method === 'conversations.members', { body: { ok: true, members: ['U1', 'UAPPROVER', 'USECOND'] } });
  slack.always(({ method, args }) => method === 'users.info' && args.user === 'UGONE', { body: { ok: true, user: { deleted: true } } });
  slack.always(({ method }) => method === 'users.info', { body: { ok: true, user: { id: 'U1', team_id: 'T1' } } });
  const holder = await database.session();
  await holder.client.query("BEGIN; UPDATE jobs SET state = 'x' WHERE id = 1");
  const { runId } = await addRun(bot.store, holder);
  await new Promise((resolve) => setTimeout(resolve, 1_200)); // idle for as long as a session must be
  const endpoints: Readonly<Record<string, string>> = {
    READ_URL: database.readUrl,
    FIX_URL: database.fixUrl,
    OWNER_URL: database.ownerUrl,
  };
  const executor = await startFixProcess({
    settings: bot.context.settings,
    policy: bot.context.policy,
    storeUrl: bot.url,
    queue: { kind: 'postgres', url: bot.url },
    kubeconfig: undefined,
    endpoint: (name) => (name === undefined ? undefined : endpoints[name]),
    secrets: [],
    instance: 'executor-test',
    log: pino({ level: 'silent' }),
    examine: async () => null,
  });
  closing.push(() => executor.stop());
  const requests = openRequests(bot.store, drawRequest);
  const record = sampleRequest({
    ...{ id: randomUUID(), thread: runId, run: runId, requester: 'U1', channel: 'C1SUPPORT', requesterPrincipals: ['members', 'user:U1'] },
    params: { pid: holder.pid, backendStart: holder.backendStart },
  });
  await requests.create(record, { event: 'requested', actor: 'U1', details: {} }, new Date());
  await bot.context.remediations.add({ requestId: record.id, intent: 'plan' }, { jobId: `plan-${record.id}`, timeoutMs: 60_000 });
  const get = async () => RequestRecord.parse(await requests.find(record.id));
  const becomes = async (wanted: RequestRecord['state']) => {
    await until(async () => (await get()).state === wanted, `the request becomes ${wanted}`);
    return get();
  };
  const open = await becomes('awaiting-approval');
  const value = `${record.id}/${open.fingerprint}`;
  const blocks = async () =>
    JSON.stringify((await bot.store.query('SELECT blocks FROM messages WHERE key = $1', [`request:${record.id}`])).rows[0]);
  const confirm = (reason: string, user = 'U1') =>
    bot.send({
      type: 'view_submission',
      team: { id: 'T1' },
      user: { id: user, team_id: 'T1' },
      view: {
        ...{ id: randomUUID(), type: 'modal', callback_id: 'fix:breaking-glass', private_metadata: value, hash: 'h' },
        state: { values: { reason: { value: { type: 'plain_text_input', value: reason } } } },
      },
    });
  const press = (action: string, user: string) => bot.press(action, value, { user });
  return { ...{ bot, state, get, becomes, blocks, press, confirm, open, database, holder } };
}

describe('break-glass', () => {
  it('lets the one person on call approve their own fix with a reason, pages somebody else, and is marked', async () => {
    const { bot, press, confirm, becomes, blocks, open } = await world({ roles, defaults: glass });
    expect(open.rule?.breakGlass?.by).toBe('role:on-call');
    expect(await blocks()).toContain('Break glass…');
    await press('fix:break-glass', 'UAPPROVER');
    expect(told(bot.slack).at(-1)).toContain('for the person who asked');
    await press('fix:break-glass', 'U1');
    expect(JSON.stringify(bot.slack.calls.filter(({ method }) => method === 'views.open').at(-1)?.args.view)).toContain(
      '<!subteam^S0APPROVERS>',
    );
    expect(await confirm('  ')).toMatchObject({ response_action: 'errors', errors: { reason: expect.stringContaining('Say why') } });
    expect(await confirm('everybody else is asleep')).toBeUndefined();
    expect(await confirm('everybody else is asleep')).toBeUndefined(); // delivered twice
    const done = await becomes('unverified');
    expect(done.decisions).toEqual([
      expect.objectContaining({ by: 'U1', breakGlass: true, as: 'role:on-call', reason: 'everybody else is asleep' }),
    ]);
    expect(await blocks()).toMatch(/Break-glass.*everybody else is asleep/);
    const { rows: pages } = await bot.store.query('SELECT people, summary FROM pages');
    expect(pages).toEqual([{ people: ['group:S0APPROVERS'], summary: expect.stringContaining('approved their own fix alone') }]);
    const { rows: audit } = await bot.store.query(
      "SELECT actor, details FROM audit WHERE event IN ('break-glass', 'started') ORDER BY sequence",
    );
    expect(audit).toMatchObject([
      { actor: 'U1', details: { reason: 'everybody else is asleep', as: 'role:on-call' } },
      { actor: 'executor', details: { approvedBy: [], breakGlass: 'U1' } },
    ]);
  });

  it('is for exactly one person on call', async () => {
    const { bot, press, state, get } = await world({ roles: { 'on-call': [`group:${ONCALL}`, 'user:USECOND'] }, defaults: glass });
    await press('fix:break-glass', 'U1');
    expect(told(bot.slack).at(-1)).toContain('exactly one person on call');
    state.policy = fixPolicy({ roles: { 'on-call': ['user:USECOND'] }, defaults: glass });
    await press('fix:break-glass', 'U1');
    expect(told(bot.slack).at(-1)).toContain('Only the person on call may do that: <@USECOND>');
    expect((await get()).state).toBe('awaiting-approval');
  });

  it('is not offered where no rule lets it', async () => {
    const { bot, press, blocks, confirm, get } = await world({});
    expect(await blocks()).not.toContain('Break glass');
    await press('fix:break-glass', 'U1');
    expect(told(bot.slack).at(-1)).toContain('does not let anybody');
    await confirm('forged');
    expect((await get()).state).toBe('awaiting-approval');
  });
});

describe('a policy that changes while a fix waits', () => {
  it('asks for more approvals before it runs, and shows which do not count any more', async () => {
    const { press, state, becomes, blocks, get } = await world({});
    state.policy = fixPolicy({ roles: { dba: ['user:USECOND'] }, rules: [{ name: 'two', when: {}, approve: ['role:dba'], quorum: 1 }] });
    await press('fix:approve', 'UAPPROVER');
    await until(async () => (await get()).rule?.name === 'two', 'the rule of now');
    expect(await get()).toMatchObject({ state: 'awaiting-approval', rule: { approvers: ['user:USECOND'] } });
    expect(await blocks()).toMatch(/one approval more of <@USECOND>.*one approval does not count/);
    await press('fix:approve', 'USECOND');
    await becomes('unverified');
  });

  it('does not let somebody approve who is nobody any more', async () => {
    const { bot, press, get } = await world({ defaults: { approve: ['members', 'user:UGONE'] } });
    await press('fix:approve', 'UGONE');
    expect(told(bot.slack).at(-1)).toContain('may decide this');
    expect((await get()).decisions).toEqual([]);
  });
});
