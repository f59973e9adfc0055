import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startFixProcess } from '../../src/bot/fix-process.ts';
import { DEFAULT_POLICY } from '../../src/remediations/approvals/policy.ts';
import type { RequestRecord } from '../../src/remediations/approvals/record.ts';
import { RequestRecord as Schema } from '../../src/remediations/approvals/record.ts';
import { startBot, type TestBot, told } from '../support/bot.ts';
import { addRun, examineLocks, fixSettings } from '../support/fix-world.ts';
import { createServiceDatabase, type ServiceDatabase, until } from '../support/service-database.ts';

const APPROVERS = ['UAPPROVER', 'USECOND'];
const GUESTS: Readonly<Record<string, Record<string, unknown>>> = {
  UGUEST: { is_restricted: true },
  UFOREIGN: { team_id: 'T2' },
  UBOTUSER: { is_bot: true },
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function fixBot(changes: Parameters<typeof startBot>[0] = {}) {
  const database = await createServiceDatabase();
  const bot = await startBot({ settings: fixSettings(database), ...changes });
  const { slack } = bot;
  slack.always(({ method }) => method === 'usergroups.users.list', { body: { ok: true, users: APPROVERS } });
  slack.always(({ method }) => method === 'auth.test', { body: { ok: true, team_id: 'T1' } });
  slack.always(({ method }) => method === 'views.open', { body: { ok: true, view: { id: 'V1' } } });
  slack.always(({ method }) => method === 'conversations.members', {
    body: { ok: true, members: ['U1', ...APPROVERS, ...Object.keys(GUESTS)] },
  });
  for (const [user, profile] of Object.entries(GUESTS))
    slack.always(({ method, args }) => method === 'users.info' && args.user === user, {
      body: { ok: true, user: { id: user, team_id: 'T1', ...profile } },
    });
  slack.always(({ method }) => method === 'users.info', { body: { ok: true, user: { id: 'U1', team_id: 'T1' } } });
  return { bot, database };
}

/** A session that holds a lock, one that waits for it, and the run that says so. */
async function lockChain(bot: TestBot, database: ServiceDatabase) {
  const holder = await database.session();
  await holder.client.query("BEGIN; UPDATE jobs SET state = 'x' WHERE id = 1");
  const waiter = await database.session();
  const waiting = waiter.client.query("UPDATE jobs SET state = 'y' WHERE id = 1");
  waiting.catch(() => {});
  const { runId } = await addRun(bot.store, holder);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  return { holder, waiting, runId };
}

async function startExecutorHere(bot: TestBot, database: ServiceDatabase): Promise<void> {
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
    async examine({ before }, reader, _store, signal) {
      const [row] = await reader.postgres.query(
        "SELECT count(*)::int AS waiting FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
        signal,
      );
      return examineLocks(before, z.object({ waiting: z.int() }).parse(row).waiting);
    },
  });
  closing.push(() => executor.stop());
}

const View = z.object({
  callback_id: z.string().default(''),
  private_metadata: z.string().default(''),
  blocks: z.array(z.record(z.string(), z.unknown())),
});

/** The modal as it was filled in last. */
function lastView(bot: TestBot): z.infer<typeof View> {
  const call = bot.slack.calls.filter(({ method }) => method === 'views.update').at(-1);
  return View.parse(call?.args.view);
}

async function submit(bot: TestBot, values: Record<string, unknown>, user = 'U1', id: string = randomUUID()): Promise<unknown> {
  const view = lastView(bot);
  return bot.send({
    type: 'view_submission',
    team: { id: 'T1' },
    user: { id: user, team_id: 'T1' },
    view: { id, type: 'modal', callback_id: view.callback_id, private_metadata: view.private_metadata, hash: 'h', state: { values } },
  });
}

/** Waits until the only request is in this state. */
async function becomes(bot: TestBot, state: RequestRecord['state']): Promise<RequestRecord> {
  const look = async () => (await requests(bot))[0];
  await until(async () => (await look())?.state === state, `the request becomes ${state}`, 20_000).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; it is ${JSON.stringify(await look())}`);
  });
  const [record] = await requests(bot);
  if (record === undefined) throw new Error('there is no request');
  return record;
}

async function requests(bot: TestBot): Promise<RequestRecord[]> {
  const { rows } = await bot.store.query('SELECT record FROM requests ORDER BY created_at');
  return rows.map((row) => Schema.parse(row.record));
}

const messageOf = async (bot: TestBot, record: RequestRecord) =>
  (await bot.store.query<{ text: string; blocks: unknown }>('SELECT text, blocks FROM messages WHERE key = $1', [`request:${record.id}`]))
    .rows[0];

describe('a fix, from the button to its verification', () => {
  it('is asked for, approved by another person, carried out and verified', { timeout: 40_000 }, async () => {
    const { bot, database } = await fixBot();
    const { holder, waiting, runId } = await lockChain(bot, database);
    await startExecutorHere(bot, database);
    await bot.press('fix:propose:0', `${runId}/0/0`);
    expect(JSON.stringify(lastView(bot).blocks)).toContain(`pid ${holder.pid}`);
    const session = { selected_option: { value: `${holder.pid}/${holder.backendStart}` }, type: 'static_select' };
    const view = randomUUID();
    const values = { session: { value: session }, reason: { value: { type: 'plain_text_input', value: 'it blocks all' } } };
    expect(await submit(bot, values, 'U1', view)).toBeUndefined();
    await submit(bot, values, 'U1', view); // delivered twice
    const record = await becomes(bot, 'awaiting-approval');
    expect(await requests(bot)).toHaveLength(1);
    expect(record).toMatchObject({ requester: 'U1', reason: 'it blocks all', cause: 'db.lock.idle_tx', plan: { risk: 'R2' } });
    const value = `${record.id}/${record.fingerprint}`;
    expect(JSON.stringify((await messageOf(bot, record))?.blocks)).toContain(value);

    await bot.press('fix:approve', value, { user: 'U1' });
    await bot.press('fix:approve', value, { user: 'USTRANGER' });
    expect(told(bot.slack)).toEqual([
      expect.stringContaining('somebody else must approve'),
      expect.stringContaining('Only <!subteam^S123> may'),
    ]);
    expect((await requests(bot))[0]?.state).toBe('awaiting-approval');

    await bot.press('fix:approve', value, { user: 'UAPPROVER' });
    await becomes(bot, 'fixed');
    await waiting;
    const message = await messageOf(bot, record);
    expect(message?.text).toContain('Fixed');
    expect(JSON.stringify(message?.blocks)).toMatch(/before: 1|0 sessions wait/);
    await bot.press('fix:approve', value, { user: 'USECOND' });
    expect(told(bot.slack).at(-1)).toContain('is over');
  });

  it('is refused to guests, bots, other workspaces and people who are not in the channel', async () => {
    const { bot } = await fixBot();
    const { runId } = await addRun(bot.store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
    for (const [user, words] of [
      ['UGUEST', 'Guests'],
      ['UBOTUSER', 'Bots'],
      ['UFOREIGN', 'another workspace'],
      ['UOUTSIDE', 'Only members of'],
    ] as const) {
      await bot.press('fix:propose', `${runId}/0/0`, { user });
      expect(JSON.stringify(lastView(bot).blocks)).toContain(words);
    }
    expect(await requests(bot)).toHaveLength(0);
  });

  it('cannot be asked for where nobody may approve', async () => {
    const { bot } = await fixBot({ policy: { current: () => DEFAULT_POLICY } });
    const { runId } = await addRun(bot.store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
    await bot.press('fix:propose', `${runId}/0/0`);
    expect(JSON.stringify(lastView(bot).blocks)).toContain('APPROVERS_USERGROUP');
  });

  it('offers the other fixes, checks what is typed in, and shows a refusal with what to do', { timeout: 40_000 }, async () => {
    const { bot, database } = await fixBot();
    const { runId } = await addRun(bot.store, { pid: 4711, backendStart: '2026-11-23T10:00:00.000000Z' });
    await startExecutorHere(bot, database);
    await bot.press('fix:other', runId);
    expect(JSON.stringify(lastView(bot).blocks)).toMatch(/fix\.k8s\.scale.*fix\.pg\.terminate_idle_tx/);
    await bot.send({
      ...{ type: 'block_actions', user: { id: 'U1', team_id: 'T1' }, team: { id: 'T1' }, trigger_id: randomUUID() },
      ...{ view: { id: 'V1', type: 'modal' }, container: { type: 'view', view_id: 'V1' } },
      actions: [
        {
          type: 'button',
          action_id: 'fix:choose:1',
          block_id: 'b',
          value: `${runId}/fix.k8s.scale`,
          text: { type: 'plain_text', text: 'x' },
        },
      ],
    });
    expect(JSON.stringify(lastView(bot).blocks)).toContain('"max_value":"12"');
    const answer = await submit(bot, {
      replicas: { value: { type: 'number_input', value: '500' } },
      reason: { value: { type: 'plain_text_input', value: null } },
    });
    expect(answer).toMatchObject({ response_action: 'errors', errors: { replicas: expect.any(String) } });
    await submit(bot, {
      replicas: { value: { type: 'number_input', value: '4' } },
      reason: { value: { type: 'plain_text_input', value: null } },
    });
    const record = await becomes(bot, 'refused'); // there is no cluster
    expect(record.refusal?.code).toBe('could-not-look');
  });
});
