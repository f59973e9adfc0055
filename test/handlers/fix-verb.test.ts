import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY, Policy, withApprovers } from '../../src/remediations/approvals/policy.ts';
import { typeKnown } from '../support/bot.ts';
import { becomes, fixBot, messageOf, requests, startExecutorHere } from '../support/fix-bot.ts';

describe('/hotswap fix', () => {
  it('lists what the person may ask for, with risk, approvals and parameters', async () => {
    const { bot } = await fixBot();
    const list = await typeKnown(bot, 'fix');
    expect(list).toContain('*Restart the pods* `fix.k8s.restart` · risk up to R2, 1 approval · takes `[jobs]`');
    expect(list).toContain('`fix.k8s.scale` · risk up to R3, up to 2 approvals · takes `replicas`');
    expect(list).toContain('`table` `columns`');
    expect(list).not.toContain('`[drop]`');
  });

  it('says what one takes, what is wrong, and what was probably meant', async () => {
    const { bot } = await fixBot();
    await typeKnown(bot, 'fix');
    expect(await bot.type('fix fix.k8s.scale')).toMatch(
      /`replicas`: 1 to .*For example: `\/hotswap fix fix\.k8s\.scale replicas=4 production`/s,
    );
    const wrong = await bot.type('fix fix.k8s.scale replicas=900');
    expect(wrong).toContain('Nothing was asked for yet.');
    expect(wrong).toContain('`replicas` must be a whole number from 1 to 12. You gave `900`.');
    expect(await bot.type('fix fix.k8s.restrat')).toContain('Did you mean `/hotswap fix fix.k8s.restart`?');
    const unclear = await bot.type('fix scale replicas=4 stagin');
    expect(unclear).toContain('Nothing was asked for yet.');
    expect(unclear).toContain('For example: `/hotswap fix fix.k8s.scale replicas=4 production`');
    expect(await bot.type('fixx restart')).toContain('/hotswap fix restart');
    expect(await requests(bot)).toEqual([]);
  });

  it('says of a bot that only rehearses that it is one, in the list, in the answer and at the head of the thread', async () => {
    const { bot } = await fixBot({ dryRun: true });
    await typeKnown(bot, 'fix');
    expect(await bot.type('fix')).toContain('*Dry run:* this bot carries nothing out.');
    expect(await bot.type('fix fix.k8s.scale replicas=4')).toContain('*Dry run:* this bot carries nothing out.');
    const { rows } = await bot.store.query("SELECT text FROM messages WHERE key LIKE 'thread:%:root'");
    expect(JSON.stringify(rows)).toContain('Dry run: Fix on production');
  });

  it('asks for one in a thread of its own, once for a command that Slack delivers twice', async () => {
    const { bot, database } = await fixBot();
    await typeKnown(bot, 'fix');
    const started = await bot.type('fix restrat reason="stale cache & more"', { trigger: 't1' });
    expect(started).toContain('Did you mean `/hotswap fix fix.k8s.restart reason="stale cache &amp; more"`?');
    const answer = await bot.type('fix fix.k8s.restart jobs=override reason="stale cache &amp; more"', { trigger: 't1' });
    expect(answer).toContain('thread of its own');
    expect(answer).toContain('No executor is running');
    expect(await bot.type('fix fix.k8s.restart jobs=override', { trigger: 't1' })).toContain('already');
    const [record, ...others] = await requests(bot);
    expect(others).toEqual([]);
    expect(record).toMatchObject({
      run: null,
      requester: 'U1',
      reason: 'stale cache & more',
      params: { jobs: 'override' },
      target: 'production',
    });
    if (record === undefined) throw new Error('there is no request');
    const { rows } = await bot.store.query<{ text: string }>('SELECT text FROM messages WHERE key = $1', [`thread:${record.thread}:root`]);
    expect(rows[0]?.text).toContain('Fix on production: Restart the pods');
    await startExecutorHere(bot, database);
    expect((await becomes(bot, 'refused')).refusal?.code).toBe('could-not-look'); // there is no cluster
    expect((await messageOf(bot, record))?.text).toContain('Refused');
  });

  it('is for those whom the policy lets ask, and asks for a reason where it wants one', async () => {
    const policy = Policy.parse({
      rules: [
        { name: 'restarts', when: { remediation: ['fix.k8s.restart'] }, request: ['user:UAPPROVER'] },
        { name: 'the rest', when: {}, reasonRequired: true },
      ],
    });
    const { bot } = await fixBot({ policy: { current: () => withApprovers(policy, 'S123') } });
    const list = await typeKnown(bot, 'fix');
    expect(list).not.toContain('fix.k8s.restart`');
    expect(list).toContain('1 more that the policy lets others ask for');
    expect(await bot.type('fix fix.k8s.restart')).toContain('Only <@UAPPROVER> may ask');
    expect(await bot.type('fix fix.k8s.scale replicas=4')).toContain('wants a reason');
    expect(await requests(bot)).toEqual([]);
    expect(await typeKnown(bot, 'fix fix.k8s.restart', 'UAPPROVER')).toContain('thread of its own');
    expect(await typeKnown(bot, 'fix', 'UGUEST')).toContain('Guests');
  });

  it('says so where nobody may approve', async () => {
    const { bot } = await fixBot({ policy: { current: () => withApprovers(DEFAULT_POLICY, undefined) } });
    expect(await typeKnown(bot, 'fix fix.k8s.restart')).toContain('APPROVERS_USERGROUP');
  });
});
