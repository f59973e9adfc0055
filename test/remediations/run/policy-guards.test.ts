import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/remediations/approvals/decide.ts';
import type { RequestRecord } from '../../../src/remediations/approvals/record.ts';
import type { Risk } from '../../../src/remediations/plan.ts';
import { HeldBackError, holdBudget, holdOpen, policyGuard } from '../../../src/remediations/run/policy-guards.ts';
import { openRequests } from '../../../src/store/requests.ts';
import { addRun, fixPolicy } from '../../support/fix-world.ts';
import { createStore } from '../../support/store.ts';
import { openRequest, samplePlan, sampleRequest, sampleRule } from '../approvals/records.ts';

const NOW = new Date('2026-11-27T21:30:00.000Z'); // a Friday night
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

async function world(policy: Parameters<typeof fixPolicy>[0] = {}) {
  const { store } = await createStore();
  const { runId } = await addRun(store, { pid: 1, backendStart: '2026-11-23T10:00:00.000000Z' });
  const requests = openRequests(store, async () => {});
  const context = { store, requests, policy: { current: () => fixPolicy(policy) }, now: () => NOW };
  const add = async (change: Partial<RequestRecord>): Promise<RequestRecord> => {
    const record = sampleRequest({ id: randomUUID(), ...change, thread: runId });
    await requests.create(record, { event: 'requested', actor: 'U1', details: {} }, NOW);
    await requests.change(record.id, NOW, () => ({ kind: 'changed', record, audit: null }));
    return record;
  };
  return {
    ...{ store, requests, context, add },
    /** Something that was begun so many minutes ago. */
    began: (minutes: number, risk: Risk, change: Partial<RequestRecord> = {}) =>
      add({
        state: 'fixed',
        plan: samplePlan(risk, minutes),
        execution: { startedAt: minutesAgo(minutes).toISOString(), finishedAt: null, progress: null, results: [] },
        ...change,
      }),
    guard: async (change: Partial<RequestRecord> = {}, risk: Risk = 'R2', unchecked: string[] = []) =>
      (await policyGuard(sampleRequest({ id: randomUUID(), ...change }), { ...samplePlan(risk), unchecked }, context))?.refusal.code ??
      'none',
  };
}

describe('a freeze window', () => {
  const window = { days: ['fri' as const], from: '22:00', to: '06:00', zone: 'Europe/Berlin', reason: 'No changes at night' };

  it('refuses a plan with its reason and end, and lets what was done be taken back', async () => {
    const { guard, context } = await world({ freezeWindows: [window] });
    expect(await guard()).toBe('freeze-window');
    expect(await guard({ undoes: randomUUID() })).toBe('none');
    const refused = await policyGuard(sampleRequest(), samplePlan(), context);
    expect(refused?.refusal).toMatchObject({
      reason: expect.stringContaining('No changes at night'),
      mend: expect.stringContaining('06:00'),
    });
  });

  it('does not hold where it names another target, or where a rule says so', async () => {
    expect(await (await world({ freezeWindows: [{ ...window, target: ['staging'] }] })).guard()).toBe('none');
    expect(await (await world({ freezeWindows: [window], rules: [{ name: 'urgent', when: {}, freeze: false }] })).guard()).toBe('none');
  });
});

describe('the budget', () => {
  it('counts what was begun within an hour and is noticed, on this target', async () => {
    const { guard, began, context, store } = await world({ budget: { disruptiveActionsPerHour: 2 } });
    await began(61, 'R2');
    await began(20, 'R1');
    await began(20, 'R2', { undoes: randomUUID() });
    await began(20, 'R3', { target: 'staging' });
    await began(10, 'R3');
    expect(await guard()).toBe('none');
    await began(45, 'R2');
    expect(await guard()).toBe('budget');
    expect(await guard({}, 'R1')).toBe('none');
    expect(await guard({ undoes: randomUUID() })).toBe('none');
    const refused = await policyGuard(sampleRequest(), samplePlan(), context);
    expect(refused?.refusal).toMatchObject({
      reason: expect.stringMatching(/2 disruptive .* 2 may be/),
      mend: expect.stringContaining('15 min'),
    });
    await expect(holdBudget(store, sampleRequest(), samplePlan(), context)).rejects.toThrow(HeldBackError);
  });

  it('may differ for a target', async () => {
    const { guard, began } = await world({
      budget: { disruptiveActionsPerHour: 1, targets: { production: { disruptiveActionsPerHour: 2 } } },
    });
    await began(10, 'R2');
    expect(await guard()).toBe('none');
  });
});

describe('the rest', () => {
  const policy = { budget: { cooldownSeconds: 900 } };
  const same = { plan: samplePlan() };

  it.each<[string, Partial<RequestRecord>, string]>([
    ['was done to the same thing', { ...same, state: 'fixed' }, 'cool-down'],
    ['failed on the same thing, which is not said to be changed', { ...same, state: 'failed' }, 'cool-down-after-failure'],
    ['failed on another thing', { state: 'failed' }, 'cool-down-after-failure'],
    ['was done to another thing', { state: 'fixed' }, 'none'],
  ])('is told by what came before: it %s', async (_, change, code) => {
    const { began, guard } = await world(policy);
    await began(5, 'R2', change);
    expect(await guard()).toBe(code);
    expect(await guard({ undoes: randomUUID() })).toBe('none');
  });
});

describe('one open fix of a target', () => {
  const policy = { budget: { oneOpenPerTarget: true } };

  it('is shown of two that are planned at the same moment, and the other is told which', async () => {
    const { add, requests, context } = await world(policy);
    const both = [await add({ title: 'First' }), await add({ title: 'Second' })];
    const show = (record: RequestRecord) =>
      requests.change(
        record.id,
        NOW,
        (current) => decide(current, { kind: 'planned', plan: samplePlan(), fingerprint: 'f'.repeat(64), rule: sampleRule() }, new Date()),
        (db, changed) => holdOpen(db, changed, context),
      );
    const shown = await Promise.allSettled(both.map(show));
    expect(shown.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const held = shown.find((one) => one.status === 'rejected')?.reason;
    expect(held).toBeInstanceOf(HeldBackError);
    expect(held.refusal).toMatchObject({ code: 'target-busy', reason: expect.stringMatching(/"(First|Second)" waits for approval/) });
  });

  it('is none that is over, has expired, is replaced by this one, or is of another target', async () => {
    const { add, store, context } = await world(policy);
    const later = new Date(Date.now() + 60_000).toISOString();
    const held = (change: Partial<RequestRecord> = {}) =>
      holdOpen(store, openRequest('R2', { id: randomUUID(), ...change }), context).then(
        () => 'shown',
        () => 'held',
      );
    await add({ ...openRequest(), id: randomUUID(), expiresAt: '2020-01-01T00:00:00.000Z' });
    await add({ ...openRequest(), id: randomUUID(), state: 'verifying', expiresAt: later });
    await add({ ...openRequest(), id: randomUUID(), target: 'staging', expiresAt: later });
    expect(await held()).toBe('shown');
    const open = await add({ ...openRequest(), id: randomUUID(), expiresAt: later });
    expect(await held()).toBe('held');
    expect(await held({ replaces: open.id })).toBe('shown');
    expect(await held({ undoes: open.id })).toBe('shown');
  });
});

describe('what the rule of the moment asks', () => {
  const policy = {
    roles: { dba: ['user:U0DBA' as const] },
    rules: [
      { name: 'risky', when: { risk: ['R3' as const] }, request: ['role:dba' as const], overrideAllowed: true },
      { name: 'rest', when: {}, reasonRequired: true },
    ],
  };

  it('is held against the requester, the reason and the guards that were done without', async () => {
    const { guard } = await world(policy);
    const dba = { requesterPrincipals: ['user:U0DBA' as const] };
    expect(await guard({}, 'R3')).toBe('may-not-ask');
    expect(await guard(dba, 'R3')).toBe('none');
    expect(await guard({}, 'R1')).toBe('reason-required');
    expect(await guard({ reason: 'because' }, 'R1')).toBe('none');
    expect(await guard({ undoes: randomUUID() }, 'R1')).toBe('none');
    expect(await guard(dba, 'R3', ['k8s.hpa'])).toBe('reason-required');
    expect(await guard({ ...dba, reason: 'because' }, 'R3', ['k8s.hpa'])).toBe('none');
    expect(await (await world()).guard({ reason: 'because' }, 'R3', ['k8s.hpa'])).toBe('override-not-allowed');
    expect(await (await world({ roles: { approvers: [] } })).guard()).toBe('nobody-may-approve');
  });
});
