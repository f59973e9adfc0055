import { describe, expect, it } from 'vitest';
import { poolTooSmall as cause } from '../../../src/diagnostics/causes/app.pool_too_small.ts';
import {
  answering,
  formula,
  nobodyWaits,
  offersOver,
  podsLog,
  poolOf,
  sessions,
  slots,
  threePods,
  wordsOf,
} from '../support/connections.ts';
import { concludeOver } from '../support/facts.ts';

const PODS = podsLog('log.npgsql.pool_exhausted');
const SMALL = [poolOf(2), threePods, slots(), nobodyWaits] as const;
const FULL = sessions({ connections: 6, active: 4, idle: 2 });

describe('app.pool_too_small', () => {
  it('is confirmed where full pools run short statements on a server with slots to spare', () =>
    expect(concludeOver(cause, [PODS, FULL, ...SMALL])).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }));

  it.each([
    ['no pod lacks a connection', [podsLog(), FULL, ...SMALL]],
    ['the pools are not full', [PODS, sessions({ connections: 3 }), ...SMALL]],
    ['statements take long', [PODS, sessions({ connections: 6, active: 6, meanStatementSeconds: 2 }), ...SMALL]],
    ['the server has nothing to spare', [PODS, FULL, poolOf(2), threePods, slots({ used: 70, usedRatio: 0.72 }), nobodyWaits]],
    ['transactions are forgotten', [PODS, sessions({ connections: 6, idleInTransactionLong: 4 }), ...SMALL]],
  ])('is ruled out where %s', (_, seen) => expect(concludeOver(cause, seen).kind).toBe('ruled-out'));

  it('is undecided where the pool comes from a Secret', () =>
    expect(concludeOver(cause, [PODS, FULL, poolOf(null), threePods, slots(), nobodyWaits]).kind).toBe('undecided'));

  it('offers four times the size, and no more than fits, with the pod of a rollout: (0.8 x 97 - 6) / (10 + 1)', () => {
    expect(offersOver(cause, formula(), poolOf(2))).toEqual([
      expect.objectContaining({ id: 'fix.k8s.set_pool_size', params: { poolSize: 8 } }),
    ]);
    expect(offersOver(cause, formula({ pods: 10 }), poolOf(2))).toEqual([expect.objectContaining({ params: { poolSize: 6 } })]);
    expect(offersOver(cause, formula({ pods: 20 }), poolOf(2))).toEqual([]);
  });

  it('offers as many as a pod has requests at once, where those are more, and no more than fits', () => {
    const busy = (averageSecondsRecently: number | null) => answering({ requestsPerSecondRecently: 24, averageSecondsRecently });
    expect(offersOver(cause, formula(), poolOf(2), threePods, busy(1.5))).toEqual([
      expect.objectContaining({ params: { poolSize: 12 }, reason: expect.stringContaining('about 12 requests at once') }),
    ]);
    expect(offersOver(cause, formula(), poolOf(2), threePods, busy(0.1))).toEqual([expect.objectContaining({ params: { poolSize: 8 } })]);
    expect(offersOver(cause, formula(), poolOf(2), threePods, busy(9))).toEqual([expect.objectContaining({ params: { poolSize: 17 } })]);
    expect(offersOver(cause, formula(), poolOf(2), threePods, busy(null))).toEqual([expect.objectContaining({ params: { poolSize: 8 } })]);
  });

  it('names the keyword that works, and the two that do not', () => {
    const words = wordsOf(cause, PODS, FULL, formula(), poolOf(2));
    expect(words).toContain('"Maximum Pool Size"');
    expect(words).toContain('ConnectionStrings__MaxPoolSize has no effect');
  });
});
