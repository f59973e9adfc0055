import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { afterEach } from 'vitest';
import { startGitHub } from '../../sandbox/github/server.ts';
import { startPagerDuty } from '../../sandbox/pagerduty/server.ts';
import { openIssues } from '../../src/bot/issues.ts';
import { sendPages } from '../../src/bot/pager.ts';
import { connectGitHub } from '../../src/clients/github.ts';
import { connectPagerDuty } from '../../src/clients/pagerduty.ts';
import type { Settings } from '../../src/config/settings.ts';
import { startBot } from './bot.ts';
import { lastView } from './fix-bot.ts';
import { addRun } from './fix-world.ts';
import { testSettings } from './settings.ts';

const log = pino({ level: 'silent' });
const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A bot with one diagnosed incident, and a PagerDuty and a GitHub on loopback. */
export async function helpWorld({ github = {} }: { readonly github?: Partial<NonNullable<Settings['github']>> } = {}) {
  const pagerDuty = await startPagerDuty();
  const hub = await startGitHub();
  closing.push(pagerDuty.close, hub.close);
  const tracker = connectGitHub({ url: hub.apiUrl, token: hub.token, repository: hub.repository });
  const settings = { ...testSettings(), github: { repository: hub.repository, labels: ['incident'], publicDetails: false, ...github } };
  const bot = await startBot({ settings, issues: tracker, pager: true, secrets: ['correct-horse-battery'] });
  const { slack, store } = bot;
  slack.always(({ method }) => method === 'auth.test', { body: { ok: true, team_id: 'T1' } });
  slack.always(({ method }) => method === 'views.open', { body: { ok: true, view: { id: 'V1' } } });
  slack.always(({ method }) => method === 'conversations.members', { body: { ok: true, members: ['U1', 'U2', 'UGUEST'] } });
  slack.always(({ method, args }) => method === 'users.info' && args.user === 'UGUEST', {
    body: { ok: true, user: { id: 'UGUEST', team_id: 'T1', is_restricted: true } },
  });
  slack.always(({ method }) => method === 'users.info', { body: { ok: true, user: { id: 'U1', team_id: 'T1' } } });
  const { runId } = await addRun(store, { pid: 4711, backendStart: '2026-11-23T10:00:00.000000Z' });
  await store.query(
    "UPDATE messages SET ts = '1700000000.000100', permalink = 'https://lab.slack.com/archives/C1SUPPORT/p1700000000000100'",
  );
  const pager = connectPagerDuty({ url: pagerDuty.eventsUrl, routingKey: pagerDuty.routingKey });
  return {
    ...{ bot, store, pagerDuty, hub, tracker, runId, log },
    /** One round of the bot's loops; what waits for its time is due. */
    async round() {
      await store.query('UPDATE pages SET next_attempt_at = now()');
      await store.query('UPDATE issues SET next_attempt_at = now()');
      await Promise.all([sendPages({ store, pager, log }), sendPages({ store, pager, log })]);
      await Promise.all([openIssues({ store, tracker, log }), openIssues({ store, tracker, log })]);
    },
    /** Submits the window that was shown last, as it is or with other words in some inputs. Returns the answer of the bot. */
    async submit(changes: Readonly<Record<string, string>> = {}, user = 'U1') {
      const view = lastView(bot);
      const values: Record<string, unknown> = {};
      for (const block of view.blocks)
        if (block.type === 'input') {
          const name = String(block.block_id);
          const { initial_value } = block.element as { initial_value?: string };
          values[name] = { value: { type: 'plain_text_input', value: changes[name] ?? initial_value ?? null } };
        }
      return bot.send({
        ...{ type: 'view_submission', trigger_id: randomUUID(), user: { id: user, team_id: 'T1' }, team: { id: 'T1' } },
        view: {
          id: 'V1',
          type: 'modal',
          callback_id: view.callback_id,
          private_metadata: view.private_metadata,
          blocks: [],
          state: { values },
        },
      });
    },
    /** The text of the messages whose key begins like this. */
    async shown(prefix: string): Promise<string> {
      const { rows } = await store.query('SELECT blocks FROM messages WHERE starts_with(key, $1) ORDER BY sequence', [prefix]);
      return JSON.stringify(rows.map((row: { blocks?: unknown }) => row.blocks));
    },
  };
}
