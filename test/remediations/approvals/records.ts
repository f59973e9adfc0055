import { fingerprintOf } from '../../../src/remediations/approvals/fingerprint.ts';
import type { RequestRecord } from '../../../src/remediations/approvals/record.ts';
import type { Plan, Risk } from '../../../src/remediations/plan.ts';

export const REQUESTER = 'U0REQUESTER';
export const GROUP = 'S0APPROVERS';

export function samplePlan(risk: Risk = 'R2', pid = 4242): Plan {
  return {
    risk,
    summary: `End session ${pid}.`,
    identity: `session:${pid}:2026-11-23T10:00:00.000000Z`,
    steps: [{ verb: 'pg.terminate', pid, backendStart: '2026-11-23T10:00:00.000000Z', roles: ['hotswap'], minimumIdleSeconds: 30 }],
    stepTexts: [`End session ${pid}.`],
    changes: [{ field: `Session ${pid}`, before: 'idle in transaction', after: 'ended' }],
    touches: ['Its transaction is rolled back.'],
    warnings: [],
    undo: { kind: 'none', text: 'A rolled back transaction cannot be brought back.' },
    stop: { kind: 'hold', text: 'The bot stops waiting.' },
    temporary: false,
    unchecked: [],
  };
}

export function sampleRequest(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    id: '11111111-1111-4111-8111-111111111111',
    remediation: 'fix.pg.terminate_idle_tx',
    title: 'End an idle transaction',
    target: 'production',
    params: { pid: 4242, backendStart: '2026-11-23T10:00:00.000000Z' },
    reason: '',
    overrides: [],
    requester: REQUESTER,
    channel: 'C0123456789',
    thread: '22222222-2222-4222-8222-222222222222',
    run: null,
    cause: 'db.lock.idle_tx',
    undoes: null,
    replaces: null,
    replacedBy: null,
    approverGroup: GROUP,
    quorum: 1,
    state: 'planning',
    plan: null,
    fingerprint: null,
    decisions: [],
    stop: null,
    refusal: null,
    outcome: null,
    execution: null,
    verification: null,
    undone: null,
    createdAt: '2026-11-23T10:10:00.000Z',
    expiresAt: null,
    ...change,
  };
}

/** A request that waits for its approvals. */
export function openRequest(risk: Risk = 'R2', change: Partial<RequestRecord> = {}): RequestRecord {
  const plan = samplePlan(risk);
  return sampleRequest({
    state: 'awaiting-approval',
    plan,
    fingerprint: fingerprintOf('production', 'fix.pg.terminate_idle_tx', plan),
    quorum: risk === 'R3' ? 2 : 1,
    expiresAt: '2026-11-23T10:25:00.000Z',
    ...change,
  });
}
