import { randomUUID } from 'node:crypto';
import { describe, expect, inject, it } from 'vitest';
import { answerRequests } from '../../src/cli/requests.ts';
import { parseRequestsArguments } from '../../src/cli/requests-arguments.ts';
import { Policy } from '../../src/remediations/approvals/policy.ts';
import { openRequests } from '../../src/store/requests.ts';
import { judgeSignature, listUnjudgedSignatures } from '../../src/store/signatures.ts';
import { openRequest, REQUESTER } from '../remediations/approvals/records.ts';
import { makeKey } from '../support/ssh-keys.ts';
import { createStore } from '../support/store.ts';

describe('npx hotswap requests', () => {
  it.each([
    ['', { kind: 'list' }],
    ['list', { kind: 'list' }],
    ['approve --help', { kind: 'help' }],
    ['show 1234567', { kind: 'show', id: '1234567' }],
    [
      'approve 1234567 --person chloe --key k',
      { kind: 'decide', decision: 'approve', id: '1234567', person: 'chloe', key: 'k', reason: '' },
    ],
    ['reject 1234567 --person=chloe --key=k --reason=no', { decision: 'reject', reason: 'no' }],
    ['approve 1234567 --person chloe', { kind: 'bad-usage', problem: expect.stringContaining('No key, no decision') }],
    ['approve 1234567 --key k', { kind: 'bad-usage', problem: expect.stringContaining('--person') }],
    ['approve', { kind: 'bad-usage', problem: expect.stringContaining('needs the ID') }],
    ['aprove 1234567', { kind: 'bad-usage', problem: expect.stringContaining('requests approve') }],
    ['show 1 2', { kind: 'bad-usage' }],
    ['list --frob', { kind: 'bad-usage', problem: expect.stringContaining('--frob') }],
  ])('%s', (text, expected) => {
    expect(parseRequestsArguments(text.split(' ').filter((word) => word !== ''))).toMatchObject(expected);
  });

  async function world() {
    const { store } = await createStore();
    const record = openRequest('R2', { id: randomUUID(), thread: randomUUID(), reason: 'locks <everything>' });
    const lines: string[] = [];
    const policy = Policy.parse({ people: { chloe: { slack: 'U0CHLOE' }, requester: { slack: REQUESTER } } });
    await openRequests(store, async () => {}).open(record, { event: 'requested', actor: REQUESTER, details: {} }, new Date());
    return { record, lines, context: { store, policy, say: (line: string) => void lines.push(line), now: () => new Date() } };
  }

  it('shows everything that the message in Slack shows, with people by the names of the policy', async () => {
    const { record, lines, context } = await world();
    expect(await answerRequests({ kind: 'list' }, context)).toBe(0);
    const text = lines.join('\n');
    const plan = record.plan;
    for (const part of [
      plan?.summary,
      ...(plan?.stepTexts ?? []),
      ...(plan?.touches ?? []),
      plan?.undo.text,
      'idle in transaction',
      record.id,
    ])
      expect(text).toContain(part);
    expect(text).toContain('Asked for by @requester');
    expect(text).toContain('locks <everything>');
    expect(text).not.toMatch(/&lt;|<@|<!date/);
    lines.length = 0;
    expect(await answerRequests({ kind: 'show', id: record.id.slice(0, 8) }, context)).toBe(0);
    expect(lines.join('\n')).toContain(record.id);
    await expect(answerRequests({ kind: 'show', id: 'ffffff' }, context)).rejects.toThrow('There is no request');
    await expect(answerRequests({ kind: 'show', id: '%' }, context)).rejects.toThrow('no id');
  });

  it.skipIf(!inject('sshKeygen'))('signs a decision, hands it in and tells what came of it', async () => {
    const { record, lines, context } = await world();
    const decision = { kind: 'decide', decision: 'approve', id: record.id, person: 'chloe', key: makeKey().file, reason: '' } as const;
    const answered = answerRequests(decision, context);
    let waiting = await listUnjudgedSignatures(context.store);
    while (waiting.length === 0) waiting = await listUnjudgedSignatures(context.store);
    expect(waiting[0]?.statement).toContain(record.fingerprint);
    await judgeSignature(
      context.store,
      waiting[0]?.id ?? '',
      'refused',
      'Only <@U0CHLOE> or <!subteam^S0SRE> may decide this.',
      new Date(),
    );
    expect(await answered).toBe(1);
    expect(lines.at(-1)).toBe('Refused: Only @chloe or group S0SRE may decide this.');
    await expect(answerRequests({ ...decision, key: '/nonexistent/key' }, context)).rejects.toThrow('could not sign');
    await expect(answerRequests({ ...decision, person: 'constructor' }, context)).rejects.toThrow('knows nobody');
  });
});
