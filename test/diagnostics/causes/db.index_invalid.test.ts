import { describe, expect, it } from 'vitest';
import { indexIsInvalid as cause } from '../../../src/diagnostics/causes/db.index_invalid.ts';
import { adviceOf, concludeFrom, offersOf, QUICK, slowOn, tableUse } from '../support/facts.ts';

const invalid = (table: string, columns = 'customer') => ({
  indexes: { invalid: [{ index: 'orders_customer_idx', table, columns, bytes: 8_192 }] },
});
const world = { ...slowOn(tableUse()), ...invalid('public.orders') };

describe('db.index_invalid', () => {
  it('is confirmed where the plan of a slow statement reads its table for want of it', () => {
    expect(concludeFrom(cause, world)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(adviceOf(cause, world)).toContain('DROP INDEX CONCURRENTLY orders_customer_idx');
  });

  it('offers to remove it, where configuration allows its table', () => {
    const params = { table: 'public.orders', index: 'orders_customer_idx' };
    expect(offersOf(cause, world)).toMatchObject([{ id: 'fix.pg.drop_invalid_index', params }]);
    expect(offersOf(cause, { ...slowOn(tableUse({ table: 'public.items' })), ...invalid('public.items') })).toEqual([]);
  });

  it.each([
    ['it is on another table', { ...world, ...invalid('public.items') }],
    ['it is on columns that the slow statement does not ask for', { ...world, ...invalid('public.orders', 'shipped_at') }],
    ['no statement is slow', invalid('public.orders')],
    ['nobody waits', { ...world, ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));
});
