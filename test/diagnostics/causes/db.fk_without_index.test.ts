import { describe, expect, it } from 'vitest';
import { foreignKeyWithoutIndex as cause } from '../../../src/diagnostics/causes/db.fk_without_index.ts';
import { adviceOf, concludeFrom, conclusionContext, QUICK, slowOn, tableUse } from '../support/facts.ts';

const key = {
  indexes: {
    foreignKeys: [{ table: 'public.items', parent: 'public.orders', constraint: 'items_order_fk', columns: 'order_id', bytes: 2e7 }],
  },
};
const slowDelete = slowOn(tableUse({ query: 'DELETE FROM orders WHERE id = $1', scanned: false }));

describe('db.fk_without_index', () => {
  it('is likely where changing the parent is slow', () => {
    expect(concludeFrom(cause, { ...slowDelete, ...key })).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(adviceOf(cause, { ...slowDelete, ...key })).toContain('CREATE INDEX CONCURRENTLY ON public.items (order_id)');
  });

  it('offers the index where its table may be given one', () => {
    expect(cause.remediations?.(conclusionContext({ ...slowDelete, ...key }, ['public.items']))).toEqual([
      expect.objectContaining({ id: 'fix.pg.create_index', params: { table: 'public.items', columns: ['order_id'] } }),
    ]);
  });

  it.each([
    ['each foreign key has its index', slowDelete],
    ['the slow statement only reads', { ...slowOn(tableUse()), ...key }],
    ['no statement is slow', key],
    ['nobody waits', { ...slowDelete, ...key, ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('has old statistics as its consequence: many changes are what makes them old', () =>
    expect(cause.explains).toContain('db.stale_stats'));
});
