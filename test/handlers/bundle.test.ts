import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { searchAudit } from '../../src/store/audit.ts';
import { type BundleRecord, insertBundle, latestBundle, updateBundle } from '../../src/store/bundles.ts';
import { findMessage } from '../../src/store/messages.ts';
import { findThread, threadRootKey } from '../../src/store/threads.ts';
import type { TestBot } from '../support/bot.ts';
import { told } from '../support/bot.ts';
import { packedOf } from '../support/bundles.ts';
import { fixBot, lastView, submit } from '../support/fix-bot.ts';
import { addRun } from '../support/fix-world.ts';
import { until } from '../support/service-database.ts';

const VALUES = {
  symptom: { value: { type: 'plain_text_input', value: 'Orders time out' } },
  since: { value: { type: 'plain_text_input', value: null } },
  changes: { value: { type: 'plain_text_input', value: null } },
  span: { value: { type: 'static_select', selected_option: { value: '900' } } },
};

const SESSION = { pid: 4242, backendStart: '2026-11-23T18:00:00.000Z' };

async function bundles(bot: TestBot): Promise<readonly { id: string; thread_id: string }[]> {
  return (await bot.store.query<{ id: string; thread_id: string }>('SELECT id, thread_id FROM bundles ORDER BY created_at')).rows;
}

/** Types a command that opens a window, and waits until it is filled. */
async function open(bot: TestBot, act: () => Promise<unknown>): Promise<void> {
  const before = bot.slack.calls.filter(({ method }) => method === 'views.update').length;
  await act();
  await until(async () => bot.slack.calls.filter(({ method }) => method === 'views.update').length > before, 'a window is filled');
}

/** A finished bundle with its file in Slack. */
async function finished(bot: TestBot, threadId: string): Promise<BundleRecord> {
  const told = { symptom: 'It was slow', since: '', changes: '' };
  const asked = { id: randomUUID(), threadId, channel: 'C1SUPPORT', target: 'production', requestedBy: 'U1', told, sinceSeconds: 900 };
  await insertBundle(bot.store, asked);
  return updateBundle(bot.store, asked.id, { ...packedOf(), state: 'done', fileId: 'F1' });
}

describe('/hotswap bundle', () => {
  it('keeps no secret that somebody typed into the window', async () => {
    const { bot } = await fixBot();
    await open(bot, () => bot.type('bundle'));
    const symptom = { value: { type: 'plain_text_input', value: 'Orders time out with password=hunter2-s3cret' } };
    expect(await submit(bot, { ...VALUES, symptom })).toBeUndefined();
    const [bundle] = await bundles(bot);
    expect((await latestBundle(bot.store, bundle?.thread_id ?? ''))?.told.symptom).toBe('Orders time out with password=[redacted]');
  });

  it('opens a window, then a thread of its own that says how it stands, and puts the job into the queue', async () => {
    const { bot } = await fixBot();
    await open(bot, async () => expect(await bot.type('bundle --since 15m')).toContain('a window asks'));
    expect(JSON.stringify(lastView(bot))).toMatch(/"initial_option":.*"value":"900"/);
    expect(await submit(bot, VALUES)).toBeUndefined();
    const [bundle] = await bundles(bot);
    expect(await latestBundle(bot.store, bundle?.thread_id ?? '')).toMatchObject({
      ...{ state: 'asked', target: 'production', sinceSeconds: 900, requestedBy: 'U1' },
      told: { symptom: 'Orders time out', since: '', changes: '' },
    });
    expect(await findThread(bot.store, bundle?.thread_id ?? '')).toMatchObject({ topic: null });
    expect((await findMessage(bot.store, threadRootKey(bundle?.thread_id ?? '')))?.text).toBe(
      'Support bundle of production: waiting for a worker to collect it.',
    );
    expect(await bot.context.bundles.state(bundle?.id ?? '')).toBe('waiting');
    expect((await searchAudit(bot.store, {}, 5)).map(({ event, actor }) => [event, actor])).toEqual([['bundle-requested', 'U1']]);
  });

  it('joins the thread of an incident, filled in with what its report knows', async () => {
    const { bot } = await fixBot();
    const { runId, report } = await addRun(bot.store, SESSION);
    await open(bot, () => bot.type(`bundle ${runId.slice(0, 8)} production`));
    expect(JSON.stringify(lastView(bot))).toContain(report.headline);
    await submit(bot, VALUES);
    expect((await bundles(bot)).map((row) => row.thread_id)).toEqual([runId]);
  });

  it('makes one bundle of a form that Slack delivers twice, and lets a second one of the target join the first', async () => {
    const { bot } = await fixBot();
    await open(bot, () => bot.type('bundle'));
    await Promise.all([submit(bot, VALUES, 'U1', 'V7'), submit(bot, VALUES, 'U1', 'V7')]);
    expect(await bundles(bot)).toHaveLength(1);
    await expect(submit(bot, VALUES, 'U1', 'V8')).resolves.toMatchObject({
      response_action: 'update',
      view: expect.objectContaining({
        blocks: [expect.objectContaining({ text: expect.objectContaining({ text: expect.stringContaining('already') }) })],
      }),
    });
    expect(await bundles(bot)).toHaveLength(1);
    expect((await bot.store.query('SELECT FROM threads')).rowCount).toBe(1);
  });

  it('is refused in words where the thread was forgotten meanwhile', async () => {
    const { bot } = await fixBot();
    const { runId } = await addRun(bot.store, SESSION);
    await open(bot, () => bot.press('bundle:ask', runId));
    await bot.store.query('DELETE FROM runs');
    await bot.store.query('DELETE FROM threads');
    expect(JSON.stringify(await submit(bot, VALUES))).toContain('I no longer know this thread');
    expect(await bundles(bot)).toEqual([]);
  });

  it.each([
    ['bundle --pod x', /everything of a target/],
    ['bundle nosuchthing', /no such incident/],
    ['bundle production staging-x --target nowhere', /no such|more than I understand|no such target/i],
    ['bundle --since 5', /time from 1 minute/],
  ])('refuses %s with what to type', async (text, words) => {
    const { bot } = await fixBot();
    expect(await bot.type(text)).toMatch(words);
    expect(bot.slack.calls.filter(({ method }) => method === 'views.open')).toEqual([]);
  });

  it('is not for guests, who would get logs that they may not see', async () => {
    const { bot } = await fixBot();
    await open(bot, () => bot.type('bundle', { user: 'UGUEST' }));
    expect(JSON.stringify(lastView(bot))).toContain('Only full members');
    await open(bot, () => bot.type('bundle'));
    await open(bot, () => bot.type('bundle', { user: 'UGUEST' })); // now Slack has said who that is
    expect(await bundles(bot)).toEqual([]);
  });
});

describe('the buttons', () => {
  it('under a report opens the window for its thread', async () => {
    const { bot } = await fixBot();
    const { runId, report } = await addRun(bot.store, SESSION);
    const { rows } = await bot.store.query('SELECT blocks FROM messages WHERE key LIKE $1', [`run:${runId}:report:%`]);
    expect(JSON.stringify(rows)).toContain('bundle:ask');
    await open(bot, () => bot.press('bundle:ask', runId));
    expect(JSON.stringify(lastView(bot))).toContain(report.headline);
  });

  it('“Cancel” is for the requester and approvers alone', async () => {
    const { bot } = await fixBot();
    await open(bot, () => bot.type('bundle'));
    await submit(bot, VALUES);
    const [bundle] = await bundles(bot);
    await bot.press('bundle:cancel', bundle?.id ?? '', { user: 'UOTHER' });
    expect(told(bot.slack).at(-1)).toMatch(/Only <@U1>, who asked for it, or .*S123/);
    expect((await latestBundle(bot.store, bundle?.thread_id ?? ''))?.state).toBe('asked');
    await bot.press('bundle:cancel', bundle?.id ?? '');
    expect(await latestBundle(bot.store, bundle?.thread_id ?? '')).toMatchObject({ state: 'cancelled', endedBy: 'U1' });
    await bot.press('bundle:cancel', bundle?.id ?? '');
    expect(told(bot.slack).at(-1)).toMatch(/too late/);
  });

  it('“Remove from Slack” deletes the file, and only then says so', async () => {
    const { bot } = await fixBot();
    const { runId } = await addRun(bot.store, SESSION);
    const bundle = await finished(bot, runId);
    bot.slack.next('files.delete', { body: { ok: false, error: 'missing_scope' } }, { body: { ok: true } });
    await bot.press('bundle:remove', bundle.id);
    expect(told(bot.slack).at(-1)).toContain('files:write');
    expect((await latestBundle(bot.store, runId))?.state).toBe('done');
    await bot.press('bundle:remove', bundle.id);
    expect(await latestBundle(bot.store, runId)).toMatchObject({ state: 'removed', endedBy: 'U1' });
    expect(bot.slack.calls.filter(({ method }) => method === 'files.delete').map(({ args }) => args.file)).toEqual(['F1', 'F1']);
    expect((await searchAudit(bot.store, {}, 5)).map(({ event }) => event)).toEqual(['bundle-removed']);
  });

  it('“Remove from Slack” counts a file as removed that somebody else has deleted', async () => {
    const { bot } = await fixBot();
    const { runId } = await addRun(bot.store, SESSION);
    const bundle = await finished(bot, runId);
    bot.slack.next('files.delete', { body: { ok: false, error: 'file_not_found' } });
    await bot.press('bundle:remove', bundle.id);
    expect((await latestBundle(bot.store, runId))?.state).toBe('removed');
  });

  it('“Run again” asks once more, with what was told before, in the same thread', async () => {
    const { bot } = await fixBot();
    const { runId } = await addRun(bot.store, SESSION);
    const bundle = await finished(bot, runId);
    await open(bot, () => bot.press('bundle:again', bundle.id));
    expect(JSON.stringify(lastView(bot))).toContain('It was slow');
    await submit(bot, VALUES);
    expect((await bundles(bot)).map((row) => row.thread_id)).toEqual([runId, runId]);
  });
});
