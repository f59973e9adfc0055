import { describe, expect, it } from 'vitest';
import { downstreamSlow as cause } from '../../../src/diagnostics/causes/app.downstream_slow.ts';
import { adviceOf, blockedBy, concludeFrom, HOT, lockRoot, logged, QUICK, slowOn, tableUse } from '../support/facts.ts';

describe('app.downstream_slow', () => {
  it('is likely where requests are slow, and neither database nor CPU has to do with it', () => {
    expect(concludeFrom(cause)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(adviceOf(cause)).toContain('/orders');
  });

  it.each([
    ['nobody waits', QUICK],
    ['sessions wait for locks', blockedBy(lockRoot())],
    ['the pods have no CPU left', HOT],
    ['a statement is slow', slowOn(tableUse())],
    ['the database accounts for much of each request', { statements: { databaseMs: 200_000 } }],
    ['the pods are throttled', { throttling: { ratioRecently: 0.6 } }],
    ['requests wait for a connection', logged('log.npgsql.pool_exhausted')],
    ['statements are given up at their time limit', logged('log.npgsql.cmd_timeout')],
    ['requests wait for a lock of the application', logged('log.advisory_contention')],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('does not mind an exhausted pool of ten minutes ago', () => {
    expect(concludeFrom(cause, logged('log.npgsql.pool_exhausted', 600)).kind).toBe('concluded');
  });

  it.each([
    ['the metrics', { cpu: null }, 'k8s.metrics'],
    ['the statements', { statements: null }, 'pg.statements'],
    ['the locks', { locks: null }, 'pg.locks'],
  ])('is undecided without %s: innocence must be seen', (_, changes, check) => {
    expect(concludeFrom(cause, changes)).toMatchObject({ kind: 'undecided', checks: expect.arrayContaining([check]) });
  });
});
