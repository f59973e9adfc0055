import { describe, expect, it } from 'vitest';
import { boundsEffect, jobEffect, type Write } from '../../bench/chaos/effects.ts';
import { attemptsOf, type Click, judge, type Ledger, shortfalls } from '../../bench/chaos/figures.ts';
import type { SeenRequest } from '../../bench/chaos/requests-view.ts';

const FINGERPRINT = 'f1';
const from = { minimum: 2, maximum: 50 };
const to = { minimum: 1, maximum: 51 };

function request(change: Partial<SeenRequest> = {}): SeenRequest {
  return {
    ...{ id: 'r1', target: 'lane-0', state: 'unverified', fingerprint: FINGERPRINT, requester: 'U1', replaces: null, outcome: null },
    step: { verb: 'k8s.hpa_bounds', from },
    params: { minReplicas: to.minimum, maxReplicas: to.maximum },
    approvers: ['A1'],
    ...change,
  };
}

const THERE = boundsEffect('lane-0', from, to);
const BACK = boundsEffect('lane-0', to, from);
const write = (change: Partial<Write> = {}): Write => ({ at: 200, effect: THERE, taken: true, ...change });
/** The end of a job, asked for with the same approvals. */
const job = (id: string) => request({ params: { id }, step: { verb: 'pg.job_fail', id } });
const click = (change: Partial<Click> = {}): Click => ({ at: 100, request: 'r1', user: 'A1', fingerprint: FINGERPRINT, ...change });

function ledger(change: Partial<Ledger> = {}): Ledger {
  return {
    ...{
      clicks: [click()],
      writes: [write()],
      requests: [request()],
      approvers: new Set(['A1', 'A2']),
      quorum: { 'lane-0': 1 },
      kills: 100,
    },
    ...change,
  };
}

const none = { approved: 1, effects: 0, refused: 0, unknownOutcomes: 0, duplicateEffects: 0, lost: 0, unauthorised: 0, untrue: 0 };

describe('the figures of the chaos bench', () => {
  it.each<[string, Partial<Ledger>, object]>([
    ['one write for one approval', {}, { effects: 1 }],
    ['a second write, though it was refused', { writes: [write(), write({ at: 300, taken: false })] }, { effects: 1, duplicateEffects: 1 }],
    [
      'a way back that was gone twice',
      { writes: [write(), write({ effect: BACK }), write({ effect: BACK })], requests: [request({ state: 'stopped' })] },
      { effects: 1, duplicateEffects: 1 },
    ],
    ['a write before enough people clicked', { clicks: [click({ at: 201 })] }, { effects: 1, unauthorised: 1 }],
    ['a click on another plan', { clicks: [click({ fingerprint: 'f0' })] }, { effects: 1, unauthorised: 1 }],
    ['the requester’s own click', { requests: [request({ requester: 'A1', approvers: ['A1'] })] }, { approved: 0, unauthorised: 1 }],
    ['one of two that are needed', { quorum: { 'lane-0': 2 } }, { approved: 0, unauthorised: 1 }],
    [
      'a write that nobody asked for',
      { writes: [write(), write({ effect: boundsEffect('lane-1', from, to) })] },
      { effects: 1, unauthorised: 1 },
    ],
    ['a job that was ended', { requests: [job('7')], writes: [write({ effect: jobEffect('7') })] }, { effects: 1 }],
    ['another job', { requests: [job('7')], writes: [write({ effect: jobEffect('8') })] }, { lost: 1, unauthorised: 1 }],
    ['a request without a plan', { requests: [request({ step: null, state: 'failed' })], writes: [] }, { refused: 1 }],
    ['said to be done, without a write', { writes: [] }, { lost: 1 }],
    ['never ended', { writes: [], requests: [request({ state: 'approved' })] }, { lost: 1 }],
    ['not done, and said so', { writes: [], requests: [request({ state: 'failed' })] }, { refused: 1 }],
    ['said not to be done, though it was', { requests: [request({ state: 'expired' })] }, { effects: 1, untrue: 1 }],
    ['said to be unknown', { requests: [request({ state: 'unknown' })] }, { unknownOutcomes: 1 }],
  ])('%s', (_, change, expected) => {
    expect(judge(ledger(change)).figures).toEqual({ ...none, ...expected });
  });

  it('meet their targets only where all is well, and something was approved', () => {
    const missed = (change: Partial<Ledger>, kills = 100, wanted = 1) => shortfalls(judge(ledger(change)).figures, { kills, wanted });
    expect(missed({})).toEqual([]);
    expect(missed({}, 100, 2)).toEqual(['only 1 of 2 approvals came in before the time was up']);
    expect(missed({ requests: [], writes: [] })).toHaveLength(1);
    expect(missed({ writes: [] })).toEqual(['1 were approved, and 0 came to an end', 'lost is 1, and may be 0']);
    expect(missed({ requests: [request({ state: 'unknown' })] })).toEqual([]);
    expect(missed({ requests: [request({ state: 'unknown' })] }, 5)).toEqual([]); // a short run cannot tell 1 % from none
    expect(shortfalls({ ...none, approved: 2, unknownOutcomes: 2 }, { kills: 200, wanted: 1 })).toEqual([]);
    expect(shortfalls({ ...none, approved: 2, unknownOutcomes: 2 }, { kills: 199, wanted: 1 })).toHaveLength(1);
  });

  it('say how often the wrong people, and on other plans, it was tried', () => {
    const clicks = [click(), click({ user: 'S1' }), click({ user: 'A2' }), click({ fingerprint: 'f0' })];
    const requests = [request({ requester: 'A2' }), request({ id: 'r2', state: 'rejected' })];
    expect(attemptsOf(ledger({ clicks, requests }))).toEqual({ byWrongPeople: 2, onOtherPlans: 1, rejected: 1, expired: 0, stopped: 0 });
  });
});
