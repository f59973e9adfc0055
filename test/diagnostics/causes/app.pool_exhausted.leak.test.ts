import { describe, expect, it } from 'vitest';
import { poolLeak as cause } from '../../../src/diagnostics/causes/app.pool_exhausted.leak.ts';
import { pgActivity } from '../../../src/diagnostics/checks/pg.activity.ts';
import { forgotten, offersOver, podsLog, sessions, wordsOf } from '../support/connections.ts';
import { concludeOver } from '../support/facts.ts';

const PODS = podsLog('log.npgsql.pool_exhausted');
const LEAK = sessions({ idleInTransaction: 20, idleInTransactionLong: 18, longestIdleSeconds: 90 });

describe('app.pool_exhausted.leak', () => {
  it('is confirmed where the pools are held by forgotten transactions', () =>
    expect(concludeOver(cause, [PODS, LEAK])).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }));

  it.each([
    ['no pod lacks a connection', [podsLog(), LEAK]],
    ['they have been idle for less than a minute', [PODS, sessions({ idleInTransaction: 20, idleInTransactionLong: 0 })]],
    ['they are few', [PODS, sessions({ idleInTransaction: 3, idleInTransactionLong: 3 })]],
    ['sessions are at work', [PODS, sessions({ active: 24 })]],
    ['there is no session', [PODS, sessions({ connections: 0 })]],
  ])('is ruled out where %s', (_, seen) => expect(concludeOver(cause, seen).kind).toBe('ruled-out'));

  it('is undecided where sessions could not be looked at', () =>
    expect(concludeOver(cause, [PODS, [pgActivity, null]])).toMatchObject({ kind: 'undecided', checks: ['pg.activity'] }));

  it('offers to end the worst, and shows the statement to look for', () => {
    expect(offersOver(cause, LEAK, forgotten({}, {}))).toHaveLength(2);
    const words = wordsOf(cause, PODS, LEAK, forgotten({}));
    expect(words).toContain('SELECT * FROM modules');
    expect(words).toContain('A larger pool only takes longer to leak');
  });
});
