import { fingerprintOf } from '../../../src/remediations/approvals/fingerprint.ts';
import { DEFAULT_POLICY, type Policy, withApprovers } from '../../../src/remediations/approvals/policy.ts';
import type { RequestRecord } from '../../../src/remediations/approvals/record.ts';
import { type Principal, type Rule, ruleFor, type Standing, withRoles } from '../../../src/remediations/approvals/rule.ts';
import type { Plan, Risk } from '../../../src/remediations/plan.ts';

export const REQUESTER = 'U0REQUESTER';
export const GROUP = 'S0APPROVERS';

/** The policy without a file, with its approvers in one group. */
const POLICY: Policy = withApprovers(DEFAULT_POLICY, GROUP);

export function sampleRule(risk: Risk = 'R2', policy: Policy = POLICY): Rule {
  return ruleFor(policy, { remediation: 'fix.pg.terminate_idle_tx', target: 'production', risk, overrides: [] });
}

/** Somebody whose facts are these; without any: an approver. */
export function standing(user: string, facts: readonly Principal[] = [`group:${GROUP}`], policy: Policy = POLICY): Standing {
  return { user, principals: withRoles(policy, [`user:${user}`, ...facts]), known: true };
}

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
    requesterPrincipals: ['members', `user:${REQUESTER}`],
    channel: 'C0123456789',
    thread: '22222222-2222-4222-8222-222222222222',
    run: null,
    cause: 'db.lock.idle_tx',
    undoes: null,
    replaces: null,
    replacedBy: null,
    rule: null,
    state: 'planning',
    plan: null,
    fingerprint: null,
    decisions: [],
    rungs: [],
    dryRun: false,
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
    rule: sampleRule(risk),
    expiresAt: '2026-11-23T10:25:00.000Z',
    ...change,
  });
}
