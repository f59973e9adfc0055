import { describe, expect, it } from 'vitest';
import { foreignKeyWithoutIndex as cause } from '../../../src/diagnostics/causes/db.fk_without_index.ts';
import { adviceOf, concludeFrom, conclusionContext, logged, QUICK, runningFor, slowOn, tableUse } from '../support/facts.ts';

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

  it.each([
    'DELETE FROM orders WHERE id IN (SELECT id FROM expired)',
    'UPDATE ONLY "public"."orders" SET id = $1',
    'WITH old AS (SELECT 1) DELETE FROM public.orders USING old',
  ])('is likely where changing the parent runs so long that it is given up, and is in no statistics: %s', (query) => {
    const running = { ...runningFor(6, query), ...key };
    expect(concludeFrom(cause, running)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(adviceOf(cause, running)).toContain('CREATE INDEX CONCURRENTLY ON public.items (order_id)');
  });

  it('is likely as well where the change has not run for long, and statements are given up', () => {
    const young = { ...runningFor(2, 'DELETE FROM orders WHERE id = $1'), ...key };
    expect(concludeFrom(cause, { ...young, ...logged('log.npgsql.cmd_timeout') })).toMatchObject({
      kind: 'concluded',
      certainty: 'likely',
    });
    expect(concludeFrom(cause, { ...young, ...logged('log.npgsql.cmd_timeout', 600) }).kind).toBe('ruled-out');
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
    ['what runs long waits for a lock', { ...runningFor(6, 'DELETE FROM orders', 'Lock'), ...key }],
    ['what runs long changes another table', { ...runningFor(6, 'DELETE FROM orders_of_old'), ...key }],
    ['what runs long only reads', { ...runningFor(6, 'SELECT * FROM orders'), ...key }],
    ['the change is quick', { ...runningFor(2, 'DELETE FROM orders'), ...key }],
    ['nobody waits', { ...slowDelete, ...key, ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('has old statistics as its consequence: many changes are what makes them old', () =>
    expect(cause.explains).toContain('db.stale_stats'));
});
