import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { told, typeKnown } from '../support/bot.ts';
import { helpWorld } from '../support/help-world.ts';

describe('a handover note', () => {
  it('is written into the thread by the button, and says who paged and what is open', async () => {
    const { bot, runId, round, submit, shown } = await helpWorld();
    await bot.press('help:page', runId);
    await submit();
    await round();
    await bot.press('thread:own', runId, { user: 'U2' });
    await bot.press('help:handover', runId);
    const note = await shown('handover:');
    expect(note).toContain('Handover: Latency of production');
    expect(note).toContain('<@U2> is on it.');
    expect(note).toContain('Still concluded: A session that is idle in a transaction blocks others');
    expect(note).toMatch(/On-call was paged by <@U1>.*The page was acknowledged by <@U2>/);
    expect(note).toContain('Could not look at `metrics.k8s.io`');
  });

  it('is written by the command, for the newest incident', async () => {
    const { bot, runId, shown } = await helpWorld();
    expect(await typeKnown(bot, 'handover')).toContain(`incident \`${runId.slice(0, 8)}\``);
    expect(await shown('handover:')).toContain('Handover: Latency of production');
  });

  it('is written for nobody who is a guest, however it is asked for', async () => {
    const { bot, store, runId } = await helpWorld();
    expect(await typeKnown(bot, 'handover', 'UGUEST')).toContain('Guests may not');
    await bot.press('help:handover', runId, { user: 'UGUEST' });
    expect(told(bot.slack).at(-1)).toContain('Guests may not');
    expect((await store.query("SELECT 1 FROM messages WHERE key LIKE 'handover:%'")).rows).toHaveLength(0);
  });

  it('is written by the shortcut on any message of the thread, and once', async () => {
    const { bot, store } = await helpWorld();
    const shortcut = (ts: string, trigger: string = randomUUID()) =>
      bot.send({
        ...{ type: 'message_action', callback_id: 'handover', trigger_id: trigger, action_ts: '1', message_ts: ts },
        ...{ user: { id: 'U1', name: 'u1' }, team: { id: 'T1', domain: 'lab' }, channel: { id: 'C1SUPPORT', name: 'support' } },
        ...{ message: { type: 'message', ts, text: 'x', thread_ts: ts }, response_url: new URL('/respond', bot.slack.url).href },
      });
    const trigger = randomUUID();
    await shortcut('1700000000.000100', trigger);
    await shortcut('1700000000.000100', trigger);
    expect((await store.query("SELECT 1 FROM messages WHERE key LIKE 'handover:%:0'")).rows).toHaveLength(1);
    await shortcut('1600000000.000100');
    expect(told(bot.slack).at(-1)).toContain('This message is in no thread of mine');
  });
});
