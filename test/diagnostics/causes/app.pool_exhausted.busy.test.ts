import { describe, expect, it } from 'vitest';
import { poolBusy as cause } from '../../../src/diagnostics/causes/app.pool_exhausted.busy.ts';
import { pgActivity } from '../../../src/diagnostics/checks/pg.activity.ts';
import { podsLog, sessions, wordsOf } from '../support/connections.ts';
import { concludeOver } from '../support/facts.ts';

const PODS = podsLog('log.npgsql.pool_exhausted');
const BUSY = sessions({ active: 23, idle: 1, meanStatementSeconds: 2.8 });

describe('app.pool_exhausted.busy', () => {
  it('is confirmed where most sessions run statements that take long', () =>
    expect(concludeOver(cause, [PODS, BUSY])).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }));

  it.each([
    ['no pod lacks a connection', [podsLog(), BUSY]],
    ['statements are short', [PODS, sessions({ active: 23, meanStatementSeconds: 0.02 })]],
    ['few run', [PODS, sessions({ active: 5, meanStatementSeconds: 3 })]],
    ['half of them are forgotten transactions', [PODS, sessions({ active: 12, meanStatementSeconds: 3, idleInTransactionLong: 12 })]],
  ])('is ruled out where %s', (_, seen) => expect(concludeOver(cause, seen).kind).toBe('ruled-out'));

  it('is undecided where sessions could not be looked at', () =>
    expect(concludeOver(cause, [PODS, [pgActivity, null]]).kind).toBe('undecided'));

  it('sends to the locks first where they wait for locks', () => {
    expect(wordsOf(cause, PODS, sessions({ active: 23, waitingOnLock: 20 }))).toContain('deal with who holds them up first');
    expect(wordsOf(cause, PODS, BUSY)).toContain('Make the statements quicker first');
  });
});
