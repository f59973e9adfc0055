import { describe, expect, it } from 'vitest';
import { lockIdleTransaction as cause } from '../../../src/diagnostics/causes/db.lock.idle_tx.ts';
import { adviceOf, blockedBy, concludeFrom, lockRoot, offersOf } from '../support/facts.ts';

describe('db.lock.idle_tx', () => {
  it('is confirmed where the root has been idle in its transaction for over 30 s', () => {
    expect(concludeFrom(cause, blockedBy(lockRoot()))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
  });

  it('is concluded although users cannot be measured: blocked requests are in no histogram', () => {
    expect(concludeFrom(cause, { ...blockedBy(lockRoot()), latency: null, errors: null }).kind).toBe('concluded');
  });

  it.each([
    ['nobody waits', {}],
    ['the root is at work', blockedBy(lockRoot({ state: 'active' }))],
    ['the root has been idle for 30 s', blockedBy(lockRoot({ inStateSeconds: 30 }))],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('is undecided where locks could not be looked at', () => {
    expect(concludeFrom(cause, { locks: null })).toMatchObject({ kind: 'undecided', checks: ['pg.locks'] });
  });

  it('offers to end exactly that session, and neither scale nor restart', () => {
    expect(offersOf(cause, blockedBy(lockRoot()))).toEqual([
      expect.objectContaining({ id: 'fix.pg.terminate_idle_tx', params: { pid: 4711, backendStart: '2026-11-23T11:00:00.123456Z' } }),
    ]);
  });

  it.each([
    ['a role that is none of the application', { role: 'postgres' }, 'none of the application'],
    ['an advisory lock', { advisoryLocks: 1 }, 'may be a running deployment'],
  ])('offers nothing for %s, and says why', (_, changes, advice) => {
    const world = blockedBy(lockRoot(changes));
    expect(offersOf(cause, world)).toEqual([]);
    expect(adviceOf(cause, world)).toContain(advice);
  });
});
