import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/remediations/approvals/decide.ts';
import { dueRungs, type Rung } from '../../../src/remediations/approvals/ladder.ts';
import { type RequestRecord, STATES } from '../../../src/remediations/approvals/record.ts';
import { openRequest, samplePlan } from './records.ts';

const DAY = 86_400;
const ladder = { remindAfterSeconds: 180, widenAfterSeconds: 360, widenTo: [], pageAfterSeconds: 600 };
const planned = Date.parse('2026-11-23T10:00:00.000Z');
const secondsLater = (seconds: number) => new Date(planned + seconds * 1000);

/** A request that was planned at 10:00 and expires 15 minutes later. */
function waiting(change: Partial<RequestRecord> = {}): RequestRecord {
  const record = openRequest('R2', { expiresAt: secondsLater(900).toISOString() });
  if (record.rule === null) throw new Error('the sample has no rule');
  return { ...record, rule: { ...record.rule, expiresAfterSeconds: 900, ladder }, ...change };
}

describe('the ladder of an unanswered approval', () => {
  it.each<[number, readonly Rung[], readonly Rung[]]>([
    [179, [], []],
    [180, [], ['remind']],
    [180, ['remind'], []],
    [360, ['remind'], ['widen']],
    [600, [], ['remind', 'widen', 'page']],
    [899, ['remind', 'widen', 'page'], []],
    [900, [], []],
  ])('after %i s, with %j done, is due for %j', (seconds, rungs, due) => {
    expect(dueRungs(waiting({ rungs: [...rungs] }), secondsLater(seconds), DAY)).toEqual(due);
  });

  it('leaves out what the policy leaves out', () => {
    const record = waiting();
    const quiet = { ...ladder, remindAfterSeconds: null, pageAfterSeconds: null };
    expect(dueRungs({ ...record, rule: record.rule === null ? null : { ...record.rule, ladder: quiet } }, secondsLater(800), DAY)).toEqual([
      'widen',
    ]);
  });

  it('goes up each rung once, whoever asks how often, and only while it waits', () => {
    const asked = fc.record({
      state: fc.constantFrom(...STATES),
      seconds: fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 30 }),
    });
    fc.assert(
      fc.property(asked, ({ state, seconds }) => {
        let record = waiting({ state });
        for (const second of seconds)
          for (const rung of ['page', 'remind', 'widen'] as const) {
            const outcome = decide(record, { kind: 'call', rung, temporaryAfterSeconds: DAY }, secondsLater(second));
            if (outcome.kind !== 'changed') continue;
            expect(state).toBe('awaiting-approval');
            record = outcome.record;
          }
        expect(new Set(record.rungs).size).toBe(record.rungs.length);
      }),
    );
  });
});

describe('a temporary change', () => {
  const done = (change: Partial<RequestRecord> = {}) =>
    waiting({
      state: 'fixed',
      plan: { ...samplePlan(), temporary: true },
      execution: { startedAt: secondsLater(0).toISOString(), finishedAt: secondsLater(10).toISOString(), progress: null, results: [] },
      ...change,
    });

  const stopped = (how: { readonly freeze?: true }) => {
    const record = done({ state: 'stopped', stop: { by: 'U9', at: secondsLater(5).toISOString(), ...how } });
    const results = [{ step: 0, text: 'Limit raised.', facts: { from: 1 } }];
    return { ...record, execution: record.execution === null ? null : { ...record.execution, results } };
  };

  it.each<[string, RequestRecord, number, readonly Rung[]]>([
    ['is not reminded of before its time', done(), DAY, []],
    ['is reminded of after it', done(), DAY + 10, ['undo']],
    ['is reminded of once', done({ rungs: ['undo'] }), 2 * DAY, []],
    ['is left alone once somebody takes it back', done({ undone: '33333333-3333-4333-8333-333333333333' }), 2 * DAY, []],
    ['is left alone where it takes another one back', done({ undoes: '33333333-3333-4333-8333-333333333333' }), 2 * DAY, []],
    ['is left alone where it is meant to stay', done({ plan: samplePlan() }), 2 * DAY, []],
    ['is left alone where it failed', done({ state: 'failed' }), 2 * DAY, []],
    ['is reminded of where a freeze stopped it half way', stopped({ freeze: true }), DAY + 10, ['undo']],
    ['is left alone where Stop took it back', stopped({}), 2 * DAY, []],
  ])('%s', (_, record, seconds, due) => {
    expect(dueRungs(record, secondsLater(seconds), DAY)).toEqual(due);
  });
});
