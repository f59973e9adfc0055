import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readSince } from '../../src/handlers/since.ts';
import { Policy } from '../../src/remediations/approvals/policy.ts';
import { drawRequest } from '../../src/slack/request-view.ts';
import { appendAudit } from '../../src/store/audit.ts';
import { transaction } from '../../src/store/pool.ts';
import { openRequests } from '../../src/store/requests.ts';
import { openRequest, sampleRule } from '../remediations/approvals/records.ts';
import { startBot, type TestBot } from '../support/bot.ts';
import { addRun } from '../support/fix-world.ts';

async function request({ store }: TestBot, change: Parameters<typeof openRequest>[1] = {}) {
  const { runId } = await addRun(store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
  const requests = openRequests(store, drawRequest);
  const record = openRequest('R2', { id: randomUUID(), thread: runId, run: runId, requester: 'U0ASKS', ...change });
  await requests.create(record, { event: 'requested', actor: 'U0ASKS', details: { reason: 'it <blocks> all' } }, new Date());
  return record;
}

const decided = ({ store }: TestBot, event: string, actor: string, details: Record<string, string | number>) =>
  transaction(store, (db) => appendAudit(db, { at: new Date(), event, actor, requestId: null, target: null, fingerprint: null, details }));

const frozen = ({ store }: TestBot, at = new Date()) =>
  transaction(store, (db) =>
    appendAudit(db, { at, event: 'frozen', actor: 'U1', requestId: null, target: null, fingerprint: null, details: { reason: 'stop' } }),
  );

describe('/hotswap audit', () => {
  it('shows the newest entries, of everybody, of a person, of a request or since a time', async () => {
    const bot = await startBot();
    expect(await bot.type('audit')).toContain('still empty');
    expect(await bot.type('audit me')).toContain('has nothing');
    const { id } = await request(bot);
    await frozen(bot, new Date(Date.now() - 3 * 3_600_000));
    const all = await bot.type('audit');
    expect(all.split('\n')).toHaveLength(2);
    expect(all).toMatch(
      /\*frozen\* by <@U1>: stop\n.*\*requested\* by <@U0ASKS> `fix\.pg\.terminate_idle_tx` on production \(`.{8}`\): it &lt;blocks&gt; all/,
    );
    for (const words of ['audit U0ASKS', `audit ${id}`, `audit ${id.slice(0, 8)}`, 'audit --since 1h', 'audit <@U0ASKS|ana>'])
      expect(await bot.type(words), words).toMatch(/^•.*requested[^\n]*$/);
    expect(await bot.type('audit me')).toContain('frozen');
    await decided(bot, 'approved', 'U2', { via: 'signature', reason: '' });
    await decided(bot, 'signature-refused', 'executor', { why: 'It was made with another key.' });
    expect(await bot.type('audit')).toMatch(
      /\*signature-refused\* by executor: It was made with another key\.\n.*\*approved\* by <@U2> by a signature in a terminal/,
    );
    await decided(bot, 'forgotten', 'retention', { runs: 3, messages: 0, audit: 12 });
    expect(await bot.type('audit')).toContain('*forgotten* by retention: 3 runs, 12 entries of this trail');
    expect(await bot.type('audit --since soon')).toContain('needs a time');
    expect(await bot.type('audit somebody')).toContain('I do not know `somebody`');
    expect(await bot.type('audit @ana')).toMatch(/who `@ana` is\..*\*Copy member ID\*/);
  });

  it('is bounded, and says where the rest is', async () => {
    const bot = await startBot();
    for (let index = 0; index < 17; index += 1) await frozen(bot);
    const lines = (await bot.type('audit')).split('\n');
    expect(lines).toHaveLength(16);
    expect(lines.at(-1)).toContain('npx hotswap audit export');
  });
});

describe('/hotswap history', () => {
  it('says who asked, who approved, what ran and what came of it', async () => {
    const bot = await startBot();
    expect(await bot.type('history')).toContain('No fix was asked for');
    const sample = openRequest('R2');
    const decision = { by: 'U0APPROVES', decision: 'approve' as const, fingerprint: sample.fingerprint ?? '', at: sample.createdAt };
    await request(bot, {
      state: 'fixed',
      decisions: [{ ...decision, as: 'role:approvers', via: 'slack', reason: '', principals: ['group:S0APPROVERS'], breakGlass: false }],
      execution: { startedAt: sample.createdAt, finishedAt: sample.createdAt, progress: null, results: [] },
      outcome: 'It is gone.',
    });
    const line = await bot.type('history production');
    for (const words of ['*Fixed*', 'asked for by <@U0ASKS>', 'approved by <@U0APPROVES>', 'ran: End session', 'came of it: It is gone ('])
      expect(line).toContain(words);
    expect(await bot.type('history staging-x')).toContain('There is no such target');
  });

  it('says of broken glass who approved alone', async () => {
    const bot = await startBot();
    const policy = Policy.parse({
      roles: { 'on-call': ['user:U0ASKS'] },
      defaults: { breakGlass: { by: 'role:on-call', page: ['members'] } },
    });
    const { fingerprint, createdAt: at } = openRequest('R2');
    const alone = { by: 'U0ASKS', decision: 'approve' as const, fingerprint: fingerprint ?? '', at, as: 'role:on-call' as const };
    await request(bot, {
      state: 'approved',
      rule: sampleRule('R2', policy),
      decisions: [{ ...alone, via: 'slack', reason: 'nobody answers', principals: ['user:U0ASKS'], breakGlass: true }],
    });
    expect(await bot.type('history')).toContain('approved by <@U0ASKS> alone (break-glass)');
  });
});

describe('a time that is typed', () => {
  const now = new Date('2026-11-26T12:00:00Z');
  it.each([
    ['30m', '2026-11-26T11:30:00.000Z'],
    ['2H', '2026-11-26T10:00:00.000Z'],
    ['7d', '2026-11-19T12:00:00.000Z'],
    ['2026-11-01', '2026-11-01T00:00:00.000Z'],
    ['2026-13-01', undefined],
    ['0d', undefined],
    ['', undefined],
    ['yesterday', undefined],
  ])('%s', (text, moment) => {
    expect(readSince(text, now)?.toISOString()).toBe(moment);
  });
});
