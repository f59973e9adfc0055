import { describe, expect, it } from 'vitest';
import { slotsExhausted as cause } from '../../../src/diagnostics/causes/db.slots_exhausted.ts';
import {
  botConnects,
  botFails,
  botIsBlind,
  forgotten,
  formula,
  offersOver,
  podsLog,
  poolOf,
  slots,
  wordsOf,
} from '../support/connections.ts';
import { concludeOver } from '../support/facts.ts';

const PODS = podsLog('log.pg.slots');
const FULL = slots({
  used: 97,
  usedRatio: 1,
  holders: [{ who: 'etl (role reports, 10.1.1.1, database hotswap)', role: 'reports', connections: 71 }],
});

describe('db.slots_exhausted', () => {
  it.each([
    ['the pods are refused', [PODS, botConnects(), FULL]],
    ['the pods are refused and the bot sees nothing of the server', [PODS, botIsBlind]],
    ['the server refuses the bot for want of slots', [podsLog(), botFails('slots-exhausted', '53300')]],
  ])('is confirmed where %s', (_, seen) => expect(concludeOver(cause, seen)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }));

  it.each([
    ['only the pools of the pods are exhausted', [podsLog('log.npgsql.pool_exhausted'), botConnects()]],
    ['the role has a limit of its own', [podsLog('log.pg.role_limit'), botConnects()]],
  ])('is ruled out where %s', (_, seen) => expect(concludeOver(cause, seen).kind).toBe('ruled-out'));

  it('says who holds the slots, and that a larger pool makes it worse', () => {
    const words = wordsOf(cause, PODS, FULL);
    expect(words).toContain('etl (role reports, 10.1.1.1, database hotswap) 71');
    expect(words).toContain('Do not raise the pool');
  });

  it('tells how to look where the bot could not', () => expect(wordsOf(cause, PODS, botIsBlind)).toContain('pg_use_reserved_connections'));

  it('offers to end forgotten transactions, five at most, and none that holds an advisory lock', () => {
    const sessions = forgotten({ advisoryLocks: 1 }, {}, {}, {}, {}, {}, {});
    const offers = offersOver(cause, FULL, sessions);
    expect(offers).toHaveLength(5);
    expect(offers[0]).toMatchObject({ id: 'fix.pg.terminate_idle_tx', params: { pid: 101 } });
  });

  it('offers a smaller pool where the pools ask for more than there is: (0.8 x 97 - 5) / (6 + 1)', () => {
    const asked = formula({ pods: 6, poolSize: 100, demand: 805, others: 5 });
    expect(offersOver(cause, FULL, asked, poolOf(100))).toEqual([
      expect.objectContaining({ id: 'fix.k8s.set_pool_size', params: { poolSize: 10 } }),
    ]);
  });

  it('never offers a larger one', () => expect(offersOver(cause, FULL, formula(), poolOf(8))).toEqual([]));
});
