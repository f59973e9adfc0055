import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { DEFAULT_POLICY } from '../../src/remediations/approvals/policy.ts';
import { told } from '../support/bot.ts';
import { becomes, fixBot, lastView, lockChain, messageOf, requests, startExecutorHere, submit } from '../support/fix-bot.ts';
import { addRun } from '../support/fix-world.ts';

describe('a fix, from the button to its verification', () => {
  it('is asked for, approved by another person, carried out and verified', async () => {
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

  it('offers the other fixes, checks what is typed in, and shows a refusal with what to do', async () => {
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

  it('leaves out what may be left empty and is', async () => {
    const { bot } = await fixBot();
    const { runId } = await addRun(bot.store, { pid: 4711, backendStart: '2026-11-23T10:00:00.000000Z' });
    await bot.press('fix:other', runId);
    await bot.send({
      ...{ type: 'block_actions', user: { id: 'U1', team_id: 'T1' }, team: { id: 'T1' }, trigger_id: randomUUID() },
      ...{ view: { id: 'V1', type: 'modal' }, container: { type: 'view', view_id: 'V1' } },
      actions: [
        {
          ...{ type: 'button', action_id: 'fix:choose:1', block_id: 'b', text: { type: 'plain_text', text: 'x' } },
          value: `${runId}/fix.k8s.raise_memory`,
        },
      ],
    });
    const typed = (value: string | null) => ({ value: { type: 'plain_text_input', value } });
    const jobs = { value: { type: 'static_select', selected_option: { value: 'keep' } } };
    expect(await submit(bot, { memory: typed('768Mi'), request: typed(null), container: typed(' '), jobs })).toBeUndefined();
    expect((await requests(bot))[0]?.params).toEqual({ memory: '768Mi', jobs: 'keep' });
  });
});
