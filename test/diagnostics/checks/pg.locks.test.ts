import { describe, expect, it } from 'vitest';
import { pgLocks } from '../../../src/diagnostics/checks/pg.locks.ts';
import { type Locks, type LockWaiter, locks } from '../../../src/diagnostics/evidence/locks.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { rootOf } from '../support/samples.ts';

const waiter = (pid: number, changes: Partial<LockWaiter> = {}): LockWaiter => ({
  pid,
  backendStart: '2026-11-23T11:00:00.123456Z',
  queryStart: '2026-11-23T11:05:00.654321Z',
  role: 'hotswap',
  application: 'hotswap-api',
  client: '10.0.0.1',
  waitingSeconds: 1,
  blockedBy: [7],
  wantedMode: 'ShareLock',
  wantedOn: 'transactionid',
  lockType: 'transactionid',
  query: 'UPDATE orders SET state = ?',
  ...changes,
});
const waiting = (...waiters: LockWaiter[]): Locks => ({ roots: [rootOf(7)], waiters });

describe('pg.locks', () => {
  it('is well where nobody waits', () => expectNeverOkOverGaps(pgLocks, given(locks, { roots: [], waiters: [] })));

  it.each([
    ['ok', 'a short wait', waiting(waiter(8))],
    ['warn', 'a wait of over 5 s', waiting(waiter(8, { waitingSeconds: 6 }))],
    ['fail', 'a wait of over 30 s', waiting(waiter(8, { waitingSeconds: 31 }))],
    ['fail', 'three that wait', waiting(waiter(8), waiter(9), waiter(10))],
    ['ok', 'one session that waits for two locks', waiting(waiter(8), waiter(8, { lockType: 'tuple' }))],
  ])('is %s with %s', (verdict, _, data) => expect(run(pgLocks, given(locks, data)).verdict).toBe(verdict));

  it('counts who stands behind a statement that wants a table for itself', () => {
    const ddl = waiter(8, { wantedMode: 'AccessExclusiveLock', lockType: 'relation', wantedOn: 'orders', query: 'ALTER TABLE orders' });
    const behind = [9, 10].map((pid) => waiter(pid, { blockedBy: [8], lockType: 'relation' }));
    expect(run(pgLocks, given(locks, waiting(ddl, ...behind))).facts?.chokes).toEqual([
      expect.objectContaining({ pid: 8, behind: 2, rootPids: '7', wantedOn: 'orders' }),
    ]);
  });
});
