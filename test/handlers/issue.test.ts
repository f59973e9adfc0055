import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { openIssues } from '../../src/bot/issues.ts';
import { connectGitHub } from '../../src/clients/github.ts';
import { insertBundle, updateBundle } from '../../src/store/bundles.ts';
import { issueMarker } from '../../src/store/issues.ts';
import { startBot } from '../support/bot.ts';
import { blankBundle, packedOf } from '../support/bundles.ts';
import { lastView } from '../support/fix-bot.ts';
import { helpWorld } from '../support/help-world.ts';

describe('the button “Open GitHub issue…”', () => {
  it('shows title and text first, and opens one issue with what the person made of them', async () => {
    const { bot, runId, hub, round, submit, shown } = await helpWorld();
    await bot.press('help:issue', runId);
    const view = JSON.stringify(lastView(bot));
    expect(view).toContain('*hotswap/hotswap-api* is private');
    expect(view).toContain('14 sessions wait behind 4711');
    await round();
    expect(hub.issues()).toEqual([]);
    await submit({ title: 'Deployments stood still, ask ana@example.com' });
    await round();
    await round();
    const [issue] = hub.issues();
    expect(hub.issues()).toHaveLength(1);
    expect(issue).toMatchObject({ title: 'Deployments stood still, ask [e-mail]', labels: ['incident'] });
    expect(issue?.body).toContain(issueMarker(runId));
    expect(await shown(`issue:${runId}`)).toContain('<https://github.com/hotswap/hotswap-api/issues/1|#1>');
  });

  it('opens one issue a thread, whoever presses, and says where it is', async () => {
    const { bot, runId, hub, round, submit } = await helpWorld();
    await bot.press('help:issue', runId);
    await Promise.all([submit(), submit({}, 'U2')]);
    await round();
    expect(hub.issues()).toHaveLength(1);
    await bot.press('help:issue', runId, { user: 'U2' });
    expect(JSON.stringify(lastView(bot))).toContain('This thread has an issue already: <https://github.com/hotswap/hotswap-api/issues/1');
  });

  it('leaves out in a public repository what only insiders may know, and stops where one became public meanwhile', async () => {
    const { bot, runId, hub, round, submit, shown } = await helpWorld();
    await bot.press('help:issue', runId);
    hub.set({ visibility: 'public' });
    await submit();
    await round();
    expect(hub.issues()).toEqual([]);
    expect(await shown(`issue:${runId}`)).toContain('was private when you saw the text, and is public now');
    await bot.press('help:issue', runId);
    const view = JSON.stringify(lastView(bot));
    expect(view).toContain('Everybody on the internet can read it');
    await submit();
    await round();
    const [issue] = hub.issues();
    expect(issue?.title).toBe('Latency: A session that is idle in a transaction blocks others (SEV-2)');
    expect(issue?.body).toContain('db.lock.idle_tx');
    for (const inside of ['production', '4711', 'deployment_jobs', 'slack.com', 'U1', '12 %']) expect(issue?.body).not.toContain(inside);
  });

  it('carries the SHA-256 of each file of the bundle, as it was shown, and no name of one where everybody can read it', async () => {
    const { bot, store, runId, hub, round, submit } = await helpWorld();
    const thread = { threadId: runId, channel: 'C1SUPPORT', target: 'production', requestedBy: 'U1' };
    const { id } = await insertBundle(store, { ...blankBundle(thread), id: randomUUID() });
    await updateBundle(store, id, { ...packedOf(), state: 'done' });
    const line = `${'cd'.repeat(32)}  cluster-resources/pods/logs/default/hotswap-api-1/api.log`;
    await bot.press('help:issue', runId);
    expect(JSON.stringify(lastView(bot))).toContain(line);
    await updateBundle(store, id, { state: 'removed' }); // what was shown is what is sent
    await submit();
    await round();
    expect(hub.issues()[0]?.body).toMatch(
      new RegExp(`\n\n<details><summary>SHA-256 of the 1 files.*\n\n\`\`\`\n${line}\n\`\`\`\n\n</details>\n\n<!-- hotswap-incident`),
    );
    const open = await helpWorld();
    open.hub.set({ visibility: 'public' });
    const other = await insertBundle(open.store, { ...blankBundle({ ...thread, threadId: open.runId }), id: randomUUID() });
    await updateBundle(open.store, other.id, { ...packedOf(), state: 'done' });
    await open.bot.press('help:issue', open.runId);
    await open.submit();
    await open.round();
    expect(open.hub.issues()[0]?.body).toContain(`SHA-256 \`${'ab'.repeat(32)}\``);
    expect(open.hub.issues()[0]?.body).not.toContain('hotswap-api-1');
  });

  it('does not open a second one where the answer to the first got lost', async () => {
    const { bot, runId, hub, round, submit, shown } = await helpWorld();
    await bot.press('help:issue', runId);
    await submit();
    hub.fail('lost-answer');
    await round();
    expect(hub.issues()).toHaveLength(1);
    expect(await shown(`issue:${runId}`)).toContain('GitHub does not answer');
    await round();
    expect(hub.issues()).toHaveLength(1);
    expect(await shown(`issue:${runId}`)).toContain('|#1>');
  });

  it.each([
    ['forbidden', 'It needs “Issues: read and write”', false],
    ['server-error', 'GitHub answers HTTP 502', true],
    ['rate-limit', 'rate limit', true],
  ] as const)('names what is wrong (%s), and tries again where that helps', async (fault, said, again) => {
    const { bot, runId, hub, round, submit, shown } = await helpWorld();
    await bot.press('help:issue', runId);
    await submit();
    hub.fail(fault);
    await round();
    expect(await shown(`issue:${runId}`)).toContain(said);
    await round();
    expect(hub.issues()).toHaveLength(again ? 1 : 0);
  });

  it('says before the window opens what stands in the way', async () => {
    const { bot, runId, hub, store, log } = await helpWorld();
    const said = async () => {
      await bot.press('help:issue', runId);
      return JSON.stringify(lastView(bot));
    };
    hub.set({ hasIssues: false });
    expect(await said()).toContain('Issues are switched off in hotswap/hotswap-api');
    hub.set({ hasIssues: true, archived: true });
    expect(await said()).toContain('is archived');
    await openIssues({ store, tracker: connectGitHub({ url: hub.apiUrl, token: 'another-token', repository: hub.repository }), log });
    expect(hub.issues()).toEqual([]);
  });

  it('says what to set where no repository is configured', async () => {
    const bot = await startBot();
    bot.slack.always(({ method }) => method === 'views.open', { body: { ok: true, view: { id: 'V1' } } });
    await bot.press('help:issue', 'anything');
    expect(JSON.stringify(lastView(bot))).toContain('GITHUB_TOKEN');
  });
});

describe('GitHub', () => {
  it.each([
    ['another-token', 'hotswap/hotswap-api', 'unauthorised'],
    [undefined, 'hotswap/other', 'not-found'],
  ] as const)('tells %s of %s as %s', async (token, repository, failure) => {
    const { hub } = await helpWorld();
    const tracker = connectGitHub({ url: hub.apiUrl, token: token ?? hub.token, repository });
    await expect(tracker.visibility()).rejects.toMatchObject({ failure, retryAfterSeconds: null });
  });

  it('tells a label that does not exist as invalid, and issues that are switched off', async () => {
    const { hub, tracker } = await helpWorld();
    await expect(tracker.open({ title: 'x', body: 'y', labels: ['unheard-of'] })).rejects.toMatchObject({ failure: 'invalid' });
    hub.set({ hasIssues: false });
    await expect(tracker.open({ title: 'x', body: 'y', labels: [] })).rejects.toMatchObject({ failure: 'disabled' });
    const nobody = connectGitHub({ url: 'http://127.0.0.1:9', token: 'never-answers', repository: 'a/b' });
    await expect(nobody.visibility()).rejects.toMatchObject({ failure: 'unreachable', message: 'GitHub does not answer.' });
  });
});
