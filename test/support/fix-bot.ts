import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import { z } from 'zod';
import { startFixProcess } from '../../src/bot/fix-process.ts';
import type { RequestRecord } from '../../src/remediations/approvals/record.ts';
import { RequestRecord as Schema } from '../../src/remediations/approvals/record.ts';
import { startBot, type TestBot } from './bot.ts';
import { addRun, examineLocks, fixSettings } from './fix-world.ts';
import { createServiceDatabase, type ServiceDatabase, until } from './service-database.ts';

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

export async function fixBot(changes: Parameters<typeof startBot>[0] = {}) {
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
export async function lockChain(bot: TestBot, database: ServiceDatabase) {
  const holder = await database.session();
  await holder.client.query("BEGIN; UPDATE jobs SET state = 'x' WHERE id = 1");
  const waiter = await database.session();
  const waiting = waiter.client.query("UPDATE jobs SET state = 'y' WHERE id = 1");
  waiting.catch(() => {});
  const { runId } = await addRun(bot.store, holder);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  return { holder, waiting, runId };
}

export async function startExecutorHere(bot: TestBot, database: ServiceDatabase): Promise<void> {
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
export function lastView(bot: TestBot): z.infer<typeof View> {
  const call = bot.slack.calls.filter(({ method }) => method === 'views.update').at(-1);
  return View.parse(call?.args.view);
}

export async function submit(bot: TestBot, values: Record<string, unknown>, user = 'U1', id: string = randomUUID()): Promise<unknown> {
  const view = lastView(bot);
  return bot.send({
    type: 'view_submission',
    team: { id: 'T1' },
    user: { id: user, team_id: 'T1' },
    view: { id, type: 'modal', callback_id: view.callback_id, private_metadata: view.private_metadata, hash: 'h', state: { values } },
  });
}

/** Waits until the only request is in this state. */
export async function becomes(bot: TestBot, state: RequestRecord['state']): Promise<RequestRecord> {
  const look = async () => (await requests(bot))[0];
  await until(async () => (await look())?.state === state, `the request becomes ${state}`).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; it is ${JSON.stringify(await look())}`);
  });
  const [record] = await requests(bot);
  if (record === undefined) throw new Error('there is no request');
  return record;
}

export async function requests(bot: TestBot): Promise<RequestRecord[]> {
  const { rows } = await bot.store.query('SELECT record FROM requests ORDER BY created_at');
  return rows.map((row) => Schema.parse(row.record));
}

export const messageOf = async (bot: TestBot, record: RequestRecord) =>
  (await bot.store.query<{ text: string; blocks: unknown }>('SELECT text, blocks FROM messages WHERE key = $1', [`request:${record.id}`]))
    .rows[0];
