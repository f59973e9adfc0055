import { describe, expect, it } from 'vitest';
import { slowStatement as cause } from '../../../src/diagnostics/causes/db.slow_query.other.ts';
import { adviceOf, blockedBy, concludeFrom, lockRoot, QUICK, slowOn, tableUse } from '../support/facts.ts';

const indexed = slowOn(tableUse({ scanned: false }));

describe('db.slow_query.other', () => {
  it('is likely where statements are slow and no index is missing', () => {
    expect(concludeFrom(cause, indexed)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(adviceOf(cause, indexed)).toContain('EXPLAIN (ANALYZE, BUFFERS)');
  });

  it.each([
    ['no statement is slow', {}],
    ['an index is missing', slowOn(tableUse())],
    ['nobody waits', { ...indexed, ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('is undecided while sessions wait for locks, and without a second reading', () => {
    expect(concludeFrom(cause, { ...indexed, ...blockedBy(lockRoot()) }).kind).toBe('undecided');
    expect(concludeFrom(cause, { statements: null })).toMatchObject({ kind: 'undecided', checks: ['pg.statements'] });
  });
});
