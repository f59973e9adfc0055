import { describe, expect, it } from 'vitest';
import { lockPrepared as cause } from '../../../src/diagnostics/causes/db.lock.prepared.ts';
import { adviceOf, blockedBy, concludeFrom, lockRoot } from '../support/facts.ts';

const prepared = blockedBy(lockRoot({ pid: 0, backendStart: null, state: null, role: null, application: null }));

describe('db.lock.prepared', () => {
  it('is confirmed where the root has no session', () => {
    expect(concludeFrom(cause, prepared)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(adviceOf(cause, prepared)).toContain('pg_prepared_xacts');
  });

  it('is ruled out where it has one', () => expect(concludeFrom(cause, blockedBy(lockRoot())).kind).toBe('ruled-out'));
});
