import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { signText, verifySignature } from '../../../src/clients/ssh-keygen.ts';
import { Policy } from '../../../src/remediations/approvals/policy.ts';
import type { RequestRecord } from '../../../src/remediations/approvals/record.ts';
import { NAMESPACE, newStatement, type Statement, writeStatement } from '../../../src/remediations/approvals/statement.ts';
import { judgeSignedDecisions } from '../../../src/remediations/run/signed-decisions.ts';
import { listAudit } from '../../../src/store/audit.ts';
import { openRequests } from '../../../src/store/requests.ts';
import { findSignature, listUnjudgedSignatures, submitSignature } from '../../../src/store/signatures.ts';
import { makeKey } from '../../support/ssh-keys.ts';
import { createStore } from '../../support/store.ts';
import { GROUP, openRequest, REQUESTER } from '../approvals/records.ts';

const APPROVERS = { groups: [GROUP] };

async function world(keys: Readonly<Record<string, string>>) {
  const { store } = await createStore();
  const policy = Policy.parse({
    people: {
      chloe: { slack: 'U0CHLOE', keys: [keys.chloe], ...APPROVERS },
      dmitri: { slack: 'U0DMITRI', keys: [keys.dmitri], ...APPROVERS },
      requester: { slack: REQUESTER, keys: [keys.requester], ...APPROVERS },
      guest: { slack: 'U0GUEST', keys: [keys.guest] },
      keyless: { slack: 'U0KEYLESS', ...APPROVERS },
    },
    roles: { approvers: [`group:${GROUP}`] },
  });
  const requests = openRequests(store, async () => {});
  const enqueued: string[] = [];
  const add = async (risk: 'R2' | 'R3' = 'R2'): Promise<RequestRecord> => {
    const expiresAt = new Date(Date.now() + 600_000).toISOString();
    const record = openRequest(risk, { id: randomUUID(), thread: randomUUID(), expiresAt });
    await requests.open(record, { event: 'requested', actor: REQUESTER, details: {} }, new Date());
    return record;
  };
  const judge = (now = new Date()) =>
    judgeSignedDecisions({
      ...{ store, requests, verifySignature, policy: { current: () => policy }, log: pino({ level: 'silent' }), now: () => now },
      enqueue: async (id) => void enqueued.push(id),
    });
  const submit = async (requestId: string, statement: string, signature: string): Promise<string> => {
    const id = randomUUID();
    await submitSignature(store, { id, requestId, statement, signature });
    return id;
  };
  const verdict = async (id: string) => findSignature(store, id);
  return { store, requests, add, judge, submit, verdict, enqueued };
}

const statementOf = (record: RequestRecord, change: Partial<Statement> = {}, now = new Date()): Statement => ({
  ...newStatement({ request: record.id, plan: record.fingerprint ?? '', decision: 'approve', person: 'chloe', reason: '' }, now),
  ...change,
});

describe.skipIf(!inject('sshKeygen'))('a decision that is signed in a terminal', () => {
  const files: Record<string, string> = {};
  const lines: Record<string, string> = {};
  beforeAll(() => {
    for (const name of ['chloe', 'dmitri', 'requester', 'guest', 'stranger']) {
      const { file, line } = makeKey(name === 'dmitri' ? 'ecdsa' : 'ed25519');
      files[name] = file;
      lines[name] = line;
    }
  });
  const sign = (text: string, who: string, namespace = NAMESPACE) => signText(text, files[who] ?? '', namespace);

  it('counts once it is checked, as the same person in Slack would, and is kept in the audit trail', async () => {
    const { store, requests, add, judge, submit, verdict, enqueued } = await world(lines);
    const record = await add('R3');
    const text = writeStatement(statementOf(record, { reason: 'Slack is down' }));
    const id = await submit(record.id, text, await sign(text, 'chloe'));
    expect((await requests.find(record.id))?.decisions).toEqual([]);
    await Promise.all([judge(), judge()]); // two executors
    expect(await verdict(id)).toMatchObject({ verdict: 'counted', message: 'It counts: 1 of 2 approvals.' });
    const other = writeStatement(statementOf(record, { person: 'dmitri' }));
    const second = await submit(record.id, other, await sign(other, 'dmitri'));
    const again = await submit(record.id, text, await sign(text, 'chloe')); // once more
    await judge();
    expect((await verdict(second))?.message).toContain('2 of 2');
    expect(await verdict(again)).toMatchObject({ verdict: 'refused' });
    const found = await requests.find(record.id);
    expect(found).toMatchObject({
      state: 'approved',
      decisions: [
        { by: 'U0CHLOE', via: 'signature', as: 'role:approvers', reason: 'Slack is down' },
        { by: 'U0DMITRI', via: 'signature' },
      ],
    });
    expect(enqueued).toEqual([record.id]);
    const events = (await listAudit(store, record.id)).map(({ event, actor }) => `${event} ${actor}`);
    expect(events).toEqual(['requested U0REQUESTER', 'approved U0CHLOE', 'approved U0DMITRI', 'signature-refused executor']);
  });

  it('rejects with a reason, and withdraws without one', async () => {
    const { requests, add, judge, submit, verdict } = await world(lines);
    const [one, other] = [await add(), await add()];
    const bare = writeStatement(statementOf(one, { decision: 'reject' }));
    const withReason = writeStatement(statementOf(one, { decision: 'reject', reason: 'not now' }));
    const withdrawal = writeStatement(statementOf(other, { decision: 'reject', person: 'requester' }));
    const first = await submit(one.id, bare, await sign(bare, 'chloe'));
    await submit(other.id, withdrawal, await sign(withdrawal, 'requester'));
    await judge();
    expect((await verdict(first))?.message).toContain('needs a reason');
    expect(await requests.find(other.id)).toMatchObject({ state: 'rejected', outcome: expect.stringContaining('withdrew') });
    await submit(one.id, withReason, await sign(withReason, 'chloe'));
    await judge();
    expect(await requests.find(one.id)).toMatchObject({ state: 'rejected', outcome: expect.stringContaining('not now') });
  });

  it('is refused and audited where anything about it is not right', async () => {
    const { store, requests, add, judge, submit, verdict } = await world(lines);
    const [record, otherRequest] = [await add(), await add()];
    const good = writeStatement(statementOf(record));
    const signature = await sign(good, 'chloe');
    const edited = writeStatement(statementOf(record, { reason: 'edited afterwards' }));
    const otherPlan = writeStatement(statementOf(record, { plan: '0'.repeat(64) }));
    const year = writeStatement(statementOf(record, { expires: '2099-01-01T00:00:00.000Z' }));
    const old = writeStatement(statementOf(record, {}, new Date(Date.now() - 3_600_000)));
    const future = writeStatement(statementOf(record, {}, new Date(Date.now() + 3_600_000)));
    const asOf = (person: string) => writeStatement(statementOf(record, { person }));
    const [asRequester, asGuest, asKeyless, asNobody, asEverybody] = ['requester', 'guest', 'keyless', 'nobody', 'constructor'].map(asOf);
    if (!asRequester || !asGuest || !asKeyless || !asNobody || !asEverybody) throw new Error('a statement is missing');
    const cases: readonly (readonly [string, string, string, string])[] = [
      ['no decision at all', 'approve everything', signature, 'not the text of a decision'],
      ['edited after it was signed', edited, signature, 'something was changed'],
      ['signed by somebody else', good, await sign(good, 'dmitri'), 'made with another key'],
      ['signed by a stranger', good, await sign(good, 'stranger'), 'made with another key'],
      ['signed for something else', good, await sign(good, 'chloe', 'git'), 'something was changed'],
      ['garbage instead of a signature', good, 'garbage', 'something was changed'],
      ['no signature', good, '', 'something was changed'],
      ['of another plan', otherPlan, await sign(otherPlan, 'chloe'), 'plan is not the one'],
      ['expired', old, await sign(old, 'chloe'), 'Decide again'],
      ['of the future', future, await sign(future, 'chloe'), 'in the future'],
      ['worth too long', year, await sign(year, 'chloe'), 'more than 15 minutes'],
      ['of the requester', asRequester, await sign(asRequester, 'requester'), 'somebody else must approve'],
      ['of a person who may not', asGuest, await sign(asGuest, 'guest'), 'may decide this'],
      ['of a person without a key', asKeyless, await sign(asKeyless, 'stranger'), 'No key, no decision'],
      ['of nobody', asNobody, await sign(asNobody, 'stranger'), 'knows nobody called nobody'],
      ['of a name that every object has', asEverybody, await sign(asEverybody, 'stranger'), 'knows nobody'],
    ];
    const ids: string[] = [];
    for (const [, statement, armour] of cases) ids.push(await submit(record.id, statement, armour));
    const replayed = await submit(otherRequest.id, good, signature);
    for (let round = 0; round < 5 && (await listUnjudgedSignatures(store)).length > 0; round += 1) await judge(); // as a sweeper does
    for (const [index, [name, , , why]] of cases.entries()) {
      const found = await verdict(ids[index] ?? '');
      expect(found?.verdict, name).toBe('refused');
      expect(found?.message, name).toContain(why);
    }
    expect((await verdict(replayed))?.message).toContain('about another request');
    expect((await requests.find(record.id))?.decisions).toEqual([]);
    expect((await requests.find(otherRequest.id))?.state).toBe('awaiting-approval');
    const refused = (await listAudit(store, record.id)).filter(({ event }) => event === 'signature-refused');
    expect(refused).toHaveLength(cases.length);
    const fine = await submit(record.id, good, signature); // what is right still counts afterwards
    await judge();
    expect((await verdict(fine))?.verdict).toBe('counted');
  });

  it('waits where signatures cannot be checked, and counts for nothing meanwhile', async () => {
    const { store, requests, add, submit, verdict } = await world(lines);
    const record = await add();
    const text = writeStatement(statementOf(record));
    const id = await submit(record.id, text, await sign(text, 'chloe'));
    await judgeSignedDecisions({
      ...{ store, requests, log: pino({ level: 'silent' }), now: () => new Date(), enqueue: async () => {} },
      policy: { current: () => Policy.parse({ people: { chloe: { slack: 'U0CHLOE', keys: [lines.chloe] } } }) },
      verifySignature: async () => Promise.reject(new Error('ssh-keygen is not installed')),
    });
    expect((await verdict(id))?.verdict).toBeNull();
    expect((await requests.find(record.id))?.decisions).toEqual([]);
  });
});
