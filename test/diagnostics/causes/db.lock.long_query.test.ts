import { describe, expect, it } from 'vitest';
import { lockLongQuery as cause } from '../../../src/diagnostics/causes/db.lock.long_query.ts';
import { adviceOf, blockedBy, concludeFrom, lockRoot, offersOf } from '../support/facts.ts';

const running = { state: 'active', query: 'UPDATE orders SET state = ?' };

describe('db.lock.long_query', () => {
  it('is confirmed where the root runs a statement and others wait', () => {
    expect(concludeFrom(cause, blockedBy(lockRoot(running)))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(adviceOf(cause, blockedBy(lockRoot(running)))).toContain('pg_cancel_backend(4711)');
  });

  it('offers to cancel the statement of a role that may be cancelled, and no other', () => {
    expect(offersOf(cause, blockedBy(lockRoot(running)))).toMatchObject([{ id: 'fix.pg.cancel_query', params: { pid: 4711 } }]);
    expect(offersOf(cause, blockedBy(lockRoot({ ...running, role: 'etl' })))).toEqual([]);
    expect(offersOf(cause, blockedBy(lockRoot({ ...running, queryStart: null })))).toEqual([]);
  });

  it('is confirmed where many wait, whose own time limits end each wait early', () => {
    const root = lockRoot({ ...running, longestWaitSeconds: 4, blockedSessions: 5 });
    expect(concludeFrom(cause, blockedBy(root))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
  });

  it.each([
    ['the root is idle', lockRoot()],
    ['the root does maintenance', lockRoot({ ...running, query: 'VACUUM orders' })],
    ['others wait for a moment only', lockRoot({ ...running, longestWaitSeconds: 5, blockedSessions: 1 })],
  ])('is ruled out where %s', (_, root) => expect(concludeFrom(cause, blockedBy(root)).kind).toBe('ruled-out'));
});
