import { describe, expect, it } from 'vitest';
import { lockMaintenance as cause } from '../../../src/diagnostics/causes/db.lock.maintenance.ts';
import { adviceOf, blockedBy, concludeFrom, lockRoot } from '../support/facts.ts';

const vacuum = lockRoot({
  state: 'active',
  backendType: 'autovacuum worker',
  query: 'autovacuum: VACUUM public.orders (to prevent wraparound)',
});

describe('db.lock.maintenance', () => {
  it.each([
    ['autovacuum', vacuum],
    ['an index build', lockRoot({ state: 'active', query: 'create unique index on orders (id)' })],
    ['a dump', lockRoot({ state: 'active', application: 'pg_dump', query: 'COPY orders TO stdout' })],
  ])('is confirmed for %s', (_, root) =>
    expect(concludeFrom(cause, blockedBy(root))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }),
  );

  it('never advises to end what prevents wraparound', () => expect(adviceOf(cause, blockedBy(vacuum))).toMatch(/^Let .* finish/));

  it('is ruled out for an ordinary statement', () =>
    expect(concludeFrom(cause, blockedBy(lockRoot({ state: 'active' }))).kind).toBe('ruled-out'));
});
