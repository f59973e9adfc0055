import { randomUUID } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { validateView } from '../../sandbox/slack/block-kit/validate.ts';
import { DEFAULT_POLICY, Policy, withApprovers } from '../../src/remediations/approvals/policy.ts';
import type { RequestRecord } from '../../src/remediations/approvals/record.ts';
import { drawRequest } from '../../src/slack/request-view.ts';
import { listAudit } from '../../src/store/audit.ts';
import { openRequests } from '../../src/store/requests.ts';
import { openRequest, samplePlan, sampleRequest } from '../remediations/approvals/records.ts';
import type { TestBot } from '../support/bot.ts';
import { fixBot, lastView, messageOf, requests, submit } from '../support/fix-bot.ts';

/** A request in a thread of its own. */
async function added(bot: TestBot, record: RequestRecord): Promise<RequestRecord> {
  const own = { ...record, id: randomUUID(), thread: randomUUID(), run: null, requester: 'U1', channel: 'C1SUPPORT' };
  const open = { ...own, expiresAt: new Date(Date.now() + 60_000).toISOString() };
  await openRequests(bot.store, drawRequest).open(open, { event: 'requested', actor: 'U1', details: {} }, new Date());
  return open;
}

const because = (value: string | null) => ({ reason: { value: { type: 'plain_text_input', value } } });
const view = (bot: TestBot) => JSON.stringify(lastView(bot).blocks);

describe('Reject', () => {
  it('asks for a reason, which the thread shows and the audit trail keeps', async () => {
    const { bot } = await fixBot();
    const record = await added(bot, openRequest());
    await bot.press('fix:reject', `${record.id}/${record.fingerprint}`, { user: 'UAPPROVER' });
    expect(view(bot)).toContain('"optional":false');
    expect((await requests(bot))[0]?.state).toBe('awaiting-approval');
    expect(await submit(bot, because(null), 'UAPPROVER')).toMatchObject({ response_action: 'errors', errors: { reason: /Say why/ } });
    expect(await submit(bot, because('  wait for the batch <job>  '), 'UAPPROVER')).toBeUndefined();
    const [rejected] = await requests(bot);
    expect(rejected).toMatchObject({
      state: 'rejected',
      decisions: [{ by: 'UAPPROVER', decision: 'reject', reason: 'wait for the batch <job>' }],
    });
    expect((await messageOf(bot, record))?.text).toContain('wait for the batch &lt;job&gt;');
    expect((await listAudit(bot.store, record.id)).at(-1)).toMatchObject({
      event: 'rejected',
      actor: 'UAPPROVER',
      details: { reason: 'wait for the batch <job>', via: 'slack' },
    });
    expect(JSON.stringify(await submit(bot, because('again'), 'UAPPROVER'))).toContain('Not done');
  });

  it('is a withdrawal for the requester, who need not say why', async () => {
    const { bot } = await fixBot();
    const record = await added(bot, openRequest());
    await bot.press('fix:reject', `${record.id}/${record.fingerprint}`, { user: 'U1' });
    expect(view(bot)).toContain('"optional":true');
    expect(await submit(bot, because(null), 'U1')).toBeUndefined();
    expect((await requests(bot))[0]).toMatchObject({ state: 'rejected', outcome: expect.stringContaining('withdrew') });
  });

  it('is refused to a stranger before they have typed anything, and to an old plan', async () => {
    const { bot } = await fixBot();
    const record = await added(bot, openRequest());
    await bot.press('fix:reject', `${record.id}/${record.fingerprint}`, { user: 'USTRANGER' });
    expect(view(bot)).toContain('Only <!subteam^');
    await bot.press('fix:reject', `${record.id}/${'0'.repeat(64)}`, { user: 'UAPPROVER' });
    expect(view(bot)).toContain('not the one that your button was made for');
    expect((await requests(bot))[0]?.state).toBe('awaiting-approval');
  });
});

describe('Undo', () => {
  it('is a request of its own about the same thing, with nothing of what became of the first', async () => {
    const { bot } = await fixBot();
    const at = new Date().toISOString();
    const scaled = await added(
      bot,
      openRequest('R2', {
        ...{ remediation: 'fix.k8s.scale', title: 'Change the number of replicas', params: { replicas: 4 }, state: 'not-fixed' },
        plan: { ...samplePlan(), undo: { kind: 'steps', text: 'Back to 3.' } },
        execution: { startedAt: at, finishedAt: at, progress: null, results: [{ step: 0, text: 'Scaled.', facts: { from: 3, to: 4 } }] },
        outcome: 'It did not help.',
        next: { remediation: 'fix.k8s.restart', title: 'Restart the pods', params: {}, reason: 'they are stuck' },
      }),
    );
    await bot.press('fix:undo', scaled.id, { user: 'U1' });
    const [first, undo] = await requests(bot);
    expect(first?.undone).toBe(undo?.id);
    const { remediation, title, target, thread, channel } = scaled;
    expect(undo).toMatchObject({ remediation, title, target, thread, channel, params: { replicas: 3 }, undoes: scaled.id });
    expect(undo).toMatchObject({ state: 'planning', plan: null, decisions: [], execution: null, outcome: null });
    expect(undo).not.toHaveProperty('next');
    await bot.press('fix:undo', scaled.id, { user: 'U1' });
    expect(await requests(bot)).toHaveLength(2);
  });
});

describe('a refusal of guards that could not look', () => {
  const blind = { source: 'pg.slots', title: 'Connection slots', message: 'PostgreSQL does not answer.' };
  const refused = sampleRequest({
    state: 'refused',
    remediation: 'fix.k8s.restart',
    title: 'Restart the pods',
    params: { jobs: 'keep' },
    refusal: { code: 'could-not-look', reason: 'A guard could not look.', mend: 'Ask again.', instead: null, overridable: [blind] },
    outcome: 'A guard could not look.',
  });
  const allowing = withApprovers(Policy.parse({ defaults: { overrideAllowed: true } }), 'S123');

  it('can be asked for without them, by name and with a reason', async () => {
    const { bot } = await fixBot({ policy: { current: () => allowing } });
    const record = await added(bot, refused);
    expect(JSON.stringify((await messageOf(bot, record))?.blocks)).toContain('Ask without these checks');
    await bot.press('fix:override', record.id);
    expect(view(bot)).toContain('*Connection slots*: PostgreSQL does not answer.');
    expect(validateView(bot.slack.calls.filter(({ method }) => method === 'views.update').at(-1)?.args.view, 'modal')).toMatchObject({
      ok: true,
    });
    expect(await submit(bot, because(''))).toMatchObject({ response_action: 'errors' });
    const id = randomUUID();
    expect(await submit(bot, because('the database is the patient'), 'U1', id)).toBeUndefined();
    await submit(bot, because('the database is the patient'), 'U1', id); // delivered twice
    const [, fresh, ...others] = await requests(bot);
    expect(others).toEqual([]);
    expect(fresh).toMatchObject({
      state: 'planning',
      overrides: ['pg.slots'],
      reason: 'the database is the patient',
      thread: record.thread,
      refusal: null,
    });
    expect((await listAudit(bot.store, fresh?.id ?? ''))[0]).toMatchObject({
      event: 'requested-without-checks',
      actor: 'U1',
      details: { unchecked: [blind], reason: 'the database is the patient' },
    });
  });

  it('is taken from somebody of whom Slack has not said yet who they are, once it has', async () => {
    const { bot } = await fixBot({ policy: { current: () => allowing } });
    const record = await added(bot, refused);
    await bot.press('fix:override', record.id, { user: 'U1' });
    const send = () => submit(bot, because('the database is the patient'), 'UAPPROVER');
    expect(JSON.stringify(await send())).toContain('still asking Slack');
    await vi.waitFor(async () => expect(await send()).toBeUndefined(), { timeout: 15_000 });
    expect((await requests(bot))[1]).toMatchObject({ requester: 'UAPPROVER', overrides: ['pg.slots'] });
  });

  it('cannot where the policy does not let anybody, whatever an old button says', async () => {
    const { bot } = await fixBot({ policy: { current: () => withApprovers(DEFAULT_POLICY, 'S123') } });
    const record = await added(bot, refused);
    await bot.press('fix:override', record.id);
    expect(view(bot)).toContain('lets nobody ask for this without its checks');
    expect(await requests(bot)).toHaveLength(1);
  });
});
