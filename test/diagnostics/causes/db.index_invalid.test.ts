import { describe, expect, it } from 'vitest';
import { indexIsInvalid as cause } from '../../../src/diagnostics/causes/db.index_invalid.ts';
import { adviceOf, concludeFrom, QUICK, slowOn, tableUse } from '../support/facts.ts';

const invalid = (table: string) => ({ indexes: { invalid: [{ index: 'orders_customer_idx', table, bytes: 8_192 }] } });
const world = { ...slowOn(tableUse()), ...invalid('public.orders') };

describe('db.index_invalid', () => {
  it('is likely where a slow statement reads its table', () => {
    expect(concludeFrom(cause, world)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(adviceOf(cause, world)).toContain('DROP INDEX CONCURRENTLY orders_customer_idx');
  });

  it.each([
    ['it is on another table', { ...world, ...invalid('public.items') }],
    ['no statement is slow', invalid('public.orders')],
    ['nobody waits', { ...world, ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));
});
