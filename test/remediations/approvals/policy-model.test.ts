import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/remediations/approvals/actions.ts';
import { decide } from '../../../src/remediations/approvals/decide.ts';
import { fingerprintOf } from '../../../src/remediations/approvals/fingerprint.ts';
import { openWindow } from '../../../src/remediations/approvals/freeze-window.ts';
import { Policy, withApprovers } from '../../../src/remediations/approvals/policy.ts';
import { isSatisfied, stricter } from '../../../src/remediations/approvals/quorum.ts';
import { type RequestRecord, RequestRecord as Schema } from '../../../src/remediations/approvals/record.ts';
import { type Principal, type Rule, ruleFor, type Standing, withRoles } from '../../../src/remediations/approvals/rule.ts';
import type { Risk } from '../../../src/remediations/plan.ts';
import { REQUESTER, samplePlan, sampleRequest } from './records.ts';

/** What each person is; a guest is nobody. */
const FACTS: Readonly<Record<string, readonly Principal[]>> = {
  [REQUESTER]: [`user:${REQUESTER}`, 'members', 'group:SONCALL'],
  U1: ['user:U1', 'members', 'group:SA'],
  U2: ['user:U2', 'group:SA', 'group:SB'],
  U3: ['user:U3', 'members'],
  UGUEST: [],
};
const PEOPLE = Object.keys(FACTS);
const START = Date.parse('2026-11-23T10:10:00.000Z');

const policies = fc
  .record({
    approve: fc.uniqueArray(fc.constantFrom<Principal>('members', 'requester', 'user:U3', 'group:SA', 'role:dba', 'role:approvers'), {
      minLength: 1,
    }),
    quorum: fc.integer({ min: 1, max: 3 }),
    requesterCounts: fc.boolean(),
    breakGlass: fc.constantFrom(null, { by: 'group:SONCALL' as const, page: ['group:SA' as const] }),
    dba: fc.subarray(['user:U2', 'group:SB'] as const),
    minutes: fc.integer({ min: 5, max: 20 }),
  })
  .map(({ dba, minutes, ...defaults }) =>
    withApprovers(Policy.parse({ roles: { dba }, defaults: { ...defaults, expiresAfterSeconds: minutes * 60 } }), 'SA'),
  );

const asRule = (policy: Policy, risk: Risk): Rule =>
  ruleFor(policy, { remediation: 'fix.pg.terminate_idle_tx', target: 'production', risk, overrides: [] });

/** The bot and the executor, as far as they decide: a record, the policy of the moment, and the time. */
interface Real {
  record: RequestRecord;
  policy: Policy;
  minutes: number;
  readonly risk: Risk;
}

/** What an onlooker writes down: who agreed to this plan while it was open, and what the policy says in its own words. */
interface Model {
  readonly agreed: Set<string>;
  alone: boolean;
  over: boolean;
  started: boolean;
}

const standingOf = (user: string, { policy }: Real): Standing => ({ user, principals: withRoles(policy, FACTS[user] ?? []), known: true });

function act(real: Real, action: Action): boolean {
  const outcome = decide(real.record, action, new Date(START + real.minutes * 60_000));
  if (outcome.kind === 'declined') return false;
  real.record = Schema.parse(outcome.record);
  return true;
}

const inTime = ({ record, minutes }: Real) => record.expiresAt !== null && START + minutes * 60_000 < Date.parse(record.expiresAt);

/** By the policy file alone, read a second time and in another way than the product does. */
function enough({ agreed, alone }: Model, { policy, risk }: Real): boolean {
  const { approve, quorum, requesterCounts, breakGlass } = policy.defaults;
  const named = new Set<string>(approve.flatMap((one) => (one.startsWith('role:') ? (policy.roles[one.replace('role:', '')] ?? []) : one)));
  const counted = [...agreed].filter((user) => {
    if (user === REQUESTER && !requesterCounts) return false;
    return (FACTS[user] ?? []).some((fact) => named.has(fact)) || (user === REQUESTER && named.has('requester'));
  });
  const needed = Math.max(Number(quorum), risk === 'R3' ? 2 : 1);
  return counted.length >= needed || (alone && breakGlass !== null && risk !== 'R3');
}

class Vote implements fc.Command<Model, Real> {
  readonly kind: 'approve' | 'reject' | 'break-glass';
  readonly user: string;
  readonly right: boolean;
  readonly words: string;
  readonly onCall: readonly string[] | null;

  constructor(kind: Vote['kind'], user: string, right: boolean, words: string, onCall: readonly string[] | null) {
    this.kind = kind;
    this.user = user;
    this.right = right;
    this.words = words;
    this.onCall = onCall;
  }

  check = () => true;

  run(model: Model, real: Real): void {
    const fingerprint = this.right ? (real.record.fingerprint ?? '') : 'f'.repeat(64);
    const vote = { standing: standingOf(this.user, real), fingerprint, via: 'slack' as const, reason: this.words };
    const open = real.record.state === 'awaiting-approval' && inTime(real) && this.right;
    const before = real.record.decisions.length;
    const changed = act(
      real,
      this.kind === 'break-glass' ? { kind: 'break-glass', ...vote, onCall: this.onCall } : { kind: this.kind, ...vote },
    );
    if (changed) expect(real.record.decisions.length).toBe(before + 1);
    if (this.kind === 'reject') {
      model.over ||= changed;
      return;
    }
    if (changed) expect(open).toBe(true);
    if (changed) expect(FACTS[this.user]).not.toEqual([]);
    if (this.kind === 'approve' && changed) model.agreed.add(this.user);
    if (this.kind === 'break-glass' && changed) {
      expect([this.user, this.onCall, this.words.trim() === '']).toEqual([REQUESTER, [REQUESTER], false]);
      model.alone = true;
    }
  }

  toString = () => `${this.kind}(${this.user}, ${this.right}, "${this.words}", ${this.onCall?.join()})`;
}

class Change implements fc.Command<Model, Real> {
  readonly policy: Policy;

  constructor(policy: Policy) {
    this.policy = policy;
  }

  check = () => true;
  run(_: Model, real: Real): void {
    real.policy = this.policy;
  }
  toString = () => `policy(${JSON.stringify(this.policy.defaults.approve)}, ${this.policy.defaults.quorum})`;
}

class Wait implements fc.Command<Model, Real> {
  readonly minutes: number;

  constructor(minutes: number) {
    this.minutes = minutes;
  }

  check = () => true;
  run(_: Model, real: Real): void {
    real.minutes += this.minutes;
  }
  toString = () => `wait(${this.minutes})`;
}

/** What the executor does with an approved request: hold it against the policy of now, then start it. */
class Execute implements fc.Command<Model, Real> {
  readonly right: boolean;

  constructor(right: boolean) {
    this.right = right;
  }

  check = () => true;
  run(model: Model, real: Real): void {
    const fingerprint = this.right ? (real.record.fingerprint ?? '') : 'f'.repeat(64);
    act(real, { kind: 'tighten', rule: asRule(real.policy, real.risk) });
    if (!act(real, { kind: 'start', fingerprint })) return;
    expect(model.started, 'it starts once').toBe(false);
    expect(model.over, 'nobody has rejected it').toBe(false);
    expect([this.right, inTime(real)]).toEqual([true, true]);
    expect(enough(model, real), 'enough people who may, by the policy of now').toBe(true);
    model.started = true;
  }
  toString = () => `execute(${this.right})`;
}

const people = fc.constantFrom(...PEOPLE);
const commands = fc.commands(
  [
    people.map((user) => new Vote('approve', user, true, '', null)),
    fc.constantFrom('U1', 'U2', 'U3').map((user) => new Vote('approve', user, true, '', null)),
    fc.constantFrom('U1', 'U2').map((user) => new Vote('approve', user, true, '', null)),
    people.map((user) => new Vote('approve', user, false, '', null)),
    fc.constantFrom('U3', 'UGUEST', 'UGUEST', REQUESTER).map((user) => new Vote('reject', user, true, '', null)),
    fc
      .tuple(
        fc.constantFrom(REQUESTER, REQUESTER, 'U1'),
        fc.constantFrom('asleep', ' '),
        fc.constantFrom<readonly string[] | null>([REQUESTER], ['U1'], [REQUESTER, 'U2'], [], null),
      )
      .map(([user, words, onCall]) => new Vote('break-glass', user, true, words, onCall)),
    policies.map((policy) => new Change(policy)),
    fc.integer({ min: 1, max: 3 }).map((minutes) => new Wait(minutes)),
    fc.constantFrom(true, true, false).map((right) => new Execute(right)),
  ],
  { maxCommands: 30, size: 'max' },
);

describe('whatever people do while whoever keeps the policy changes it', () => {
  it('nothing starts without enough people who may by the policy of now, for this plan, in time, each counted once', () => {
    let starts = 0;
    fc.assert(
      fc.property(policies, fc.constantFrom<Risk>('R1', 'R2', 'R3'), commands, (policy, risk, run) => {
        const setup = () => {
          const plan = samplePlan(risk);
          const real: Real = { record: sampleRequest(), policy, minutes: 0, risk };
          act(real, { kind: 'planned', plan, fingerprint: fingerprintOf('production', 'x', plan), rule: asRule(policy, risk) });
          return { model: { agreed: new Set<string>(), alone: false, over: false, started: false }, real };
        };
        let last: Real | undefined;
        fc.modelRun(() => {
          const made = setup();
          last = made.real;
          return made;
        }, run);
        if (last?.record.state === 'executing') starts += 1;
      }),
      { numRuns: 1_500 },
    );
    expect(starts, 'a test in which nothing ever starts shows nothing').toBeGreaterThan(50);
  });
});

describe('a stricter rule', () => {
  const decided = fc.uniqueArray(
    fc.record({ user: people, breakGlass: fc.boolean(), reject: fc.constantFrom(false, false, false, true) }),
    {
      selector: ({ user }) => user,
    },
  );
  const recordOf = (drawn: { readonly user: string; readonly breakGlass: boolean; readonly reject: boolean }[]): RequestRecord =>
    sampleRequest({
      fingerprint: 'f'.repeat(64),
      decisions: drawn.map(({ user, breakGlass, reject }) => ({
        ...{ by: user, decision: reject ? 'reject' : 'approve', fingerprint: 'f'.repeat(64), at: new Date(START).toISOString() },
        ...{ as: 'group:SONCALL', via: 'slack', reason: 'so', breakGlass, principals: [...(FACTS[user] ?? [])] },
      })),
    });

  it('never lets through what the other does not', () => {
    const ways: readonly ((rule: Rule) => Rule)[] = [
      (rule) => ({ ...rule, quorum: rule.quorum + 1 }),
      (rule) => ({ ...rule, approvers: rule.approvers.slice(1) }),
      (rule) => ({ ...rule, requesterCounts: false }),
      (rule) => ({ ...rule, breakGlass: null }),
    ];
    fc.assert(
      fc.property(policies, fc.constantFrom<Risk>('R1', 'R2', 'R3'), decided, fc.constantFrom(...ways), (policy, risk, drawn, way) => {
        const record = recordOf(drawn);
        const rule = asRule(policy, risk);
        if (isSatisfied(record, way(rule))) expect(isSatisfied(record, rule)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('made of two asks what the newer one asks, and no fewer people than the older', () => {
    fc.assert(
      fc.property(policies, policies, fc.constantFrom<Risk>('R1', 'R2', 'R3'), decided, (older, newer, risk, drawn) => {
        const both = stricter(asRule(older, risk), asRule(newer, risk));
        const record = recordOf(drawn);
        if (isSatisfied(record, both)) expect(isSatisfied(record, asRule(newer, risk))).toBe(true);
        expect(both.quorum).toBeGreaterThanOrEqual(asRule(older, risk).quorum);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('any policy', () => {
  it('asks two people for R3 and lets nobody break the glass for it', () => {
    fc.assert(
      fc.property(policies, fc.array(fc.constantFrom('k8s.hpa', 'k8s.pods'), { minLength: 1 }), (policy, overrides) => {
        for (const rule of [asRule(policy, 'R3'), ruleFor(policy, { remediation: 'x', target: 'y', risk: 'R1', overrides })])
          expect([rule.quorum >= 2, rule.breakGlass]).toEqual([true, null]);
      }),
    );
  });

  it('freezes exactly the minutes of the week that its window covers', () => {
    const clock = fc.integer({ min: 0, max: 1_439 });
    const moments = fc.record({ near: fc.constantFrom('any', 'from', 'to'), off: fc.integer({ min: -1, max: 1 }), minute: clock });
    const text = (minutes: number) => `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
    const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
    fc.assert(
      fc.property(fc.subarray([...days], { minLength: 1 }), clock, clock, fc.nat({ max: 6 }), moments, (frozen, from, to, day, moment) => {
        fc.pre(from !== to);
        const time = { any: moment.minute, from, to }[moment.near] + moment.off;
        const minute = (day * 1_440 + time + 10_080) % 10_080;
        const window = { days: frozen, from: text(from), to: text(to), zone: 'UTC', reason: 'x' };
        const { freezeWindows } = Policy.parse({ freezeWindows: [window] });
        const now = new Date(Date.parse('2026-11-23T00:00:00Z') + minute * 60_000); // a Monday
        const covered = new Set(
          frozen.flatMap((day) => {
            const start = days.indexOf(day) * 1_440 + from;
            const length = (to - from + 1_440) % 1_440;
            return Array.from({ length }, (_, offset) => (start + offset) % 10_080);
          }),
        );
        expect(openWindow(freezeWindows, { remediation: 'x', target: 'y' }, now) !== undefined).toBe(covered.has(minute));
      }),
    );
  });
});
