import { describe, expect, it } from 'vitest';
import { lockDdlQueue as cause } from '../../../src/diagnostics/causes/db.lock.ddl_queue.ts';
import { adviceOf, blockedBy, concludeFrom, lockRoot, offersOf } from '../support/facts.ts';

const IDENTITY = { pid: 8, backendStart: '2026-11-23T11:00:00.123456Z', queryStart: '2026-11-23T11:05:00.654321Z' };

function queue(behind: number, heldModes = 'AccessShareLock', role = 'hotswap') {
  const choke = {
    ...IDENTITY,
    role,
    application: 'migration',
    query: 'ALTER TABLE orders ADD zz int',
    wantedOn: 'orders',
    waitingSeconds: 40,
    behind,
    rootPids: '4711',
  };
  return { locks: { ...blockedBy(lockRoot({ heldModes })).locks, chokes: [choke] } };
}

describe('db.lock.ddl_queue', () => {
  it('is confirmed where sessions queue behind a schema change that waits for an ordinary statement', () => {
    expect(concludeFrom(cause, queue(3))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(adviceOf(cause, queue(3))).toContain('pg_cancel_backend(8)');
  });

  it.each([
    ['nobody wants a table for itself', blockedBy(lockRoot())],
    ['only one waits behind it', queue(1)],
    ['the root itself holds up others', queue(3, 'AccessExclusiveLock')],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('offers to cancel exactly that statement, where its role may be cancelled', () => {
    expect(offersOf(cause, queue(3))).toMatchObject([{ id: 'fix.pg.cancel_query', params: IDENTITY }]);
    expect(offersOf(cause, queue(3, 'AccessShareLock', 'postgres'))).toEqual([]);
  });

  it('explains what the idle root holds up', () => expect(cause.explains).toContain('db.lock.idle_tx'));
});
