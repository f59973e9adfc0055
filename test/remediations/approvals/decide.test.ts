import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/remediations/approvals/actions.ts';
import { decide } from '../../../src/remediations/approvals/decide.ts';
import { fingerprintOf } from '../../../src/remediations/approvals/fingerprint.ts';
import { DEFAULT_POLICY } from '../../../src/remediations/approvals/policy.ts';
import { approvalsOf } from '../../../src/remediations/approvals/quorum.ts';
import { type RequestRecord, RequestRecord as Schema, STATES } from '../../../src/remediations/approvals/record.ts';
import type { Standing } from '../../../src/remediations/approvals/rule.ts';
import { isFinal, TRANSITIONS } from '../../../src/remediations/approvals/states.ts';
import type { Risk } from '../../../src/remediations/plan.ts';
import { openRequest, REQUESTER, samplePlan, sampleRequest, sampleRule, standing } from './records.ts';

const START = Date.parse('2026-11-23T10:10:00.000Z');
const APPROVERS = ['U1', 'U2', 'U3', REQUESTER];
const PEOPLE = [REQUESTER, 'U1', 'U2', 'U3', 'USTRANGER'];

const at = (minutes: number) => new Date(START + minutes * 60_000);
const execution = { startedAt: at(1).toISOString(), finishedAt: null, progress: null, results: [] };
const verification = { startedAt: at(1).toISOString(), deadline: at(6).toISOString(), summary: '', readings: [] };

const person = (by: string): Standing => (APPROVERS.includes(by) ? standing(by) : standing(by, ['members']));
const nobodyKnows = (user: string): Standing => ({ user, principals: new Set(), known: false });

const vote = (kind: 'approve' | 'reject', by: string, record: RequestRecord, as: (by: string) => Standing = person): Action => ({
  kind,
  standing: as(by),
  fingerprint: record.fingerprint ?? '',
  via: 'slack',
  reason: '',
});

function codeOf(record: RequestRecord, action: Action, now = at(1)): string {
  const outcome = decide(record, action, now);
  return outcome.kind === 'declined' ? outcome.code : `-> ${outcome.record.state}`;
}

function apply(record: RequestRecord, ...actions: Action[]): RequestRecord {
  return actions.reduce((current, action) => {
    const outcome = decide(current, action, at(1));
    if (outcome.kind === 'declined') throw new Error(outcome.message);
    return outcome.record;
  }, record);
}

describe('approving', () => {
  it('needs one other person for R2 and two for R3', () => {
    const small = openRequest('R2');
    expect(codeOf(small, vote('approve', 'U1', small))).toBe('-> approved');
    const large = openRequest('R3');
    expect(codeOf(large, vote('approve', 'U1', large))).toBe('-> awaiting-approval');
    const once = apply(large, vote('approve', 'U1', large));
    expect(codeOf(once, vote('approve', 'U2', once))).toBe('-> approved');
  });

  it('that does not come in time says how many approvals were there, and that nothing was changed', () => {
    const outcomeOf = (record: RequestRecord) => {
      const outcome = decide(record, { kind: 'expire' }, at(15));
      return outcome.kind === 'changed' ? outcome.record.outcome : outcome.code;
    };
    const open = openRequest('R3');
    const once = apply(open, vote('approve', 'U1', open));
    expect(outcomeOf(open)).toBe('Nobody decided in time. Nothing was changed.');
    expect(outcomeOf(once)).toBe('Only 1 of the 2 approvals that it needs came in time. Nothing was changed.');
    expect(outcomeOf(apply(once, vote('approve', 'U2', once)))).toBe(
      'It was approved, but not carried out before it expired. Nothing was changed.',
    );
  });

  it('answers a double click, the requester, a stranger and an unknown group without a change', () => {
    const open = openRequest('R3');
    const once = apply(open, vote('approve', 'U1', open));
    expect(codeOf(once, vote('approve', 'U1', once))).toBe('already-decided');
    expect(codeOf(open, vote('approve', REQUESTER, open))).toBe('own-request');
    expect(codeOf(open, vote('approve', 'USTRANGER', open))).toBe('not-approver');
    const unset = openRequest('R3', { rule: sampleRule('R3', DEFAULT_POLICY) });
    expect(codeOf(unset, vote('approve', 'U1', unset))).toBe('no-approvers');
    expect(codeOf(open, vote('approve', 'U1', open, nobodyKnows))).toBe('approvers-unknown');
  });

  it('answers a stale button by what the record says', () => {
    const open = openRequest();
    expect(codeOf(open, vote('approve', 'U1', open), at(15))).toBe('expired');
    expect(codeOf(open, { ...vote('approve', 'U1', open), fingerprint: 'another' } as Action)).toBe('plan-changed');
    const rejected = apply(open, vote('reject', 'U1', open));
    expect(codeOf(rejected, vote('approve', 'U2', rejected))).toBe('rejected');
    expect(codeOf({ ...open, state: 'executing' }, vote('approve', 'U1', open))).toBe('already-running');
    expect(codeOf({ ...open, state: 'fixed' }, vote('approve', 'U1', open))).toBe('already-done');
    expect(codeOf(sampleRequest(), vote('approve', 'U1', open))).toBe('not-open');
  });
});

describe('rejecting', () => {
  it('takes one approver, or the requester who withdraws, also after approval and before it runs', () => {
    const open = openRequest();
    expect(codeOf(open, vote('reject', 'U1', open))).toBe('-> rejected');
    expect(apply(open, vote('reject', REQUESTER, open)).outcome).toContain('withdrew');
    expect(codeOf(open, vote('reject', 'USTRANGER', open))).toBe('not-approver');
    const approved = apply(open, vote('approve', 'U1', open));
    expect(codeOf(approved, vote('reject', 'U2', approved))).toBe('-> rejected');
  });
});

describe('starting', () => {
  it('refuses a plan that differs from the approved one', () => {
    const open = openRequest();
    const approved = apply(open, vote('approve', 'U1', open));
    expect(codeOf(approved, { kind: 'start', fingerprint: 'other' })).toBe('plan-changed');
    expect(codeOf(approved, { kind: 'start', fingerprint: approved.fingerprint ?? '' })).toBe('-> executing');
    expect(codeOf(approved, { kind: 'start', fingerprint: approved.fingerprint ?? '' }, at(15))).toBe('expired');
  });

  it('does not trust a state that its decisions do not bear out', () => {
    const forged = openRequest('R3', { state: 'approved' });
    expect(codeOf(forged, { kind: 'start', fingerprint: forged.fingerprint ?? '' })).toBe('quorum-missing');
  });
});

describe('stopping', () => {
  it('is for the requester and approvers, once, while it runs', () => {
    const running = openRequest('R2', { state: 'executing', execution });
    const stop = (by: string): Action => ({ kind: 'stop', standing: person(by) });
    expect(codeOf(running, stop('USTRANGER'))).toBe('not-approver');
    const stopped = apply(running, stop(REQUESTER));
    expect(stopped.stop?.by).toBe(REQUESTER);
    expect(codeOf(stopped, stop('U1'))).toBe('already-decided');
    expect(codeOf(openRequest(), stop('U1'))).toBe('nothing-to-stop');
  });
});

describe('undoing', () => {
  it('is asked for once', () => {
    const fixed = openRequest('R2', { state: 'fixed' });
    const undone = apply(fixed, { kind: 'undone', undone: '33333333-3333-4333-8333-333333333333' });
    expect(codeOf(undone, { kind: 'undone', undone: '44444444-4444-4444-8444-444444444444' })).toBe('already-undone');
  });
});

describe('the table of states', () => {
  it('has an end that can be reached from every state', () => {
    for (const state of STATES) {
      const reached = new Set([state]);
      for (const one of reached) for (const next of TRANSITIONS[one]) reached.add(next);
      expect([...reached].some(isFinal), state).toBe(true);
    }
  });
});

describe('fingerprints', () => {
  it('do not depend on prose and do depend on identity, values and preconditions', () => {
    const plan = samplePlan();
    const base = fingerprintOf('production', 'x', plan);
    expect(fingerprintOf('production', 'x', { ...plan, summary: 'other words', warnings: ['so'], touches: [] })).toBe(base);
    expect(fingerprintOf('staging', 'x', plan)).not.toBe(base);
    expect(fingerprintOf('production', 'x', samplePlan('R2', 4243))).not.toBe(base);
    const [step] = plan.steps;
    if (step?.verb !== 'pg.terminate') throw new Error('the sample changed');
    expect(fingerprintOf('production', 'x', { ...plan, steps: [{ ...step, minimumIdleSeconds: 31 }] })).not.toBe(base);
  });
});

const actions = fc.oneof(
  fc.record({
    kind: fc.constantFrom('approve' as const, 'reject' as const),
    by: fc.constantFrom(...PEOPLE),
    right: fc.boolean(),
    known: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('start' as const), right: fc.boolean() }),
  fc.record({ kind: fc.constantFrom('stop' as const), by: fc.constantFrom(...PEOPLE) }),
  fc.record({ kind: fc.constantFrom('expire', 'plan', 'drift', 'refuse', 'nothing', 'executed', 'failed', 'lost', 'verdict', 'undone') }),
);

type Drawn = typeof actions extends fc.Arbitrary<infer T> ? T : never;

function toAction(drawn: Drawn, record: RequestRecord, risk: Risk): Action {
  const known = record.fingerprint ?? 'none';
  switch (drawn.kind) {
    case 'approve':
    case 'reject':
      return {
        kind: drawn.kind,
        standing: (drawn.known ? person : nobodyKnows)(drawn.by),
        fingerprint: drawn.right ? known : 'wrong',
        via: 'slack',
        reason: '',
      };
    case 'start':
      return { kind: 'start', fingerprint: drawn.right ? known : 'wrong' };
    case 'stop':
      return { kind: 'stop', standing: person(drawn.by) };
    case 'plan': {
      const plan = samplePlan(risk);
      return { kind: 'planned', plan, fingerprint: fingerprintOf('production', 'x', plan), rule: sampleRule(risk) };
    }
    case 'drift':
      return { kind: 'drift', replacedBy: '33333333-3333-4333-8333-333333333333', difference: 'other' };
    case 'refuse':
      return { kind: 'refuse', refusal: { code: 'x', reason: 'y', mend: 'z', instead: null, overridable: [] } };
    case 'nothing':
      return { kind: 'nothing-to-do', reason: 'done already' };
    case 'executed':
      return { kind: 'executed', execution, verification };
    case 'failed':
    case 'lost':
      return { kind: drawn.kind, outcome: 'so', execution: null };
    case 'verdict':
      return { kind: 'verdict', verdict: 'fixed', outcome: 'so', verification };
    case 'undone':
      return { kind: 'undone', undone: '33333333-3333-4333-8333-333333333333' };
    default:
      return { kind: 'expire' };
  }
}

describe('whatever is clicked in whatever order', () => {
  it('starts at most once, and only with enough others, in time, not rejected', () => {
    const timed = fc.array(fc.tuple(actions, fc.nat({ max: 4 })), { maxLength: 40 });
    fc.assert(
      fc.property(fc.constantFrom<Risk>('R1', 'R2', 'R3'), timed, (risk, steps) => {
        let record = sampleRequest();
        let minutes = 0;
        let starts = 0;
        for (const [drawn, wait] of [[{ kind: 'plan' }, 0] as const, ...steps]) {
          minutes += wait;
          const action = toAction(drawn, record, risk);
          const outcome = decide(record, action, at(minutes));
          if (outcome.kind === 'declined') continue;
          if (record.state !== 'executing' && outcome.record.state === 'executing') {
            starts += 1;
            const approvers = approvalsOf(record, sampleRule(risk));
            expect(approvers.size).toBeGreaterThanOrEqual(risk === 'R3' ? 2 : 1);
            expect(approvers.has(REQUESTER)).toBe(false);
            expect(approvers.has('USTRANGER')).toBe(false);
            expect(record.decisions.every((one) => one.decision === 'approve')).toBe(true);
            expect(minutes).toBeLessThan(15);
          }
          if (outcome.record.state !== record.state) expect(TRANSITIONS[record.state]).toContain(outcome.record.state);
          record = Schema.parse(outcome.record);
        }
        expect(starts).toBeLessThanOrEqual(1);
      }),
      { numRuns: 400 },
    );
  });
});
