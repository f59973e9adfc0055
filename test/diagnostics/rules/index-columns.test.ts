import { describe, expect, it } from 'vitest';
import { readSqlShape } from '../../../src/diagnostics/evidence/sql-shape.ts';
import { tableUses } from '../../../src/diagnostics/rules/index-columns.ts';

const columns = (...names: string[]) => names.map((name) => ({ name, type: 'text' }));
const index = (...names: string[]) => ({ name: names.join('_'), valid: true, partial: false, columns: names });
const CATALOGUE = [
  {
    table: 'public.orders',
    bytes: 1,
    columns: columns('id', 'customer', 'state', 'created_at', 'total', 'item_id'),
    indexes: [index('id'), index('state', 'created_at')],
  },
  { table: 'public.items', bytes: 1, columns: columns('item_key', 'order_id', 'name'), indexes: [index('item_key')] },
  { table: 'audit.orders', bytes: 1, columns: columns('id', 'note'), indexes: [] },
];

async function uses(sql: string) {
  const shape = await readSqlShape(sql);
  return shape === null
    ? null
    : Object.fromEntries(tableUses(shape, CATALOGUE).map(({ table, columns: own, covered }) => [table, covered ? 'covered' : own]));
}

describe('the columns that an index needs', () => {
  it.each([
    ['equality first, then one range', 'SELECT * FROM orders WHERE created_at > $1 AND customer = $2', ['customer', 'created_at']],
    [
      'no more than three',
      'SELECT * FROM orders WHERE customer = $1 AND total = $2 AND item_id = $3 AND created_at > $4',
      ['customer', 'total', 'item_id'],
    ],
    ['IN and ANY are equality', 'SELECT * FROM orders WHERE customer IN ($1, $2) AND total = ANY($3)', ['customer', 'total']],
    ['BETWEEN is a range', 'DELETE FROM orders WHERE total BETWEEN $1 AND $2', ['total']],
    ['IS NULL is equality', 'UPDATE orders SET total = $1 WHERE customer IS NULL', ['customer']],
    ['an alias', 'SELECT * FROM public.orders AS o WHERE o.customer = $1', ['customer']],
    ['a condition inside OR serves no index', 'SELECT * FROM orders WHERE customer = $1 OR total = $2', null],
    ['a column inside a function does not either', 'SELECT * FROM orders WHERE lower(customer) = $1', null],
    ['a column that is indexed', 'SELECT * FROM orders WHERE id = $1', 'covered'],
    ['columns that an index begins with, in any order', 'SELECT * FROM orders WHERE created_at = $1 AND state = $2', 'covered'],
  ])('%s', async (_, sql, expected) => expect((await uses(sql))?.['public.orders']).toEqual(expected));

  it('are those of a join where nothing else chooses rows', async () => {
    expect(await uses('SELECT * FROM orders o JOIN items i ON i.order_id = o.id WHERE o.customer = $1')).toEqual({
      'public.orders': ['customer'],
      'public.items': ['order_id'],
    });
  });

  it('are not unique where a table is read twice', async () => {
    expect(await uses('SELECT * FROM orders a JOIN orders b ON a.id = b.id WHERE a.customer = $1')).toEqual({ 'public.orders': null });
  });

  it('follow the schema', async () =>
    expect(Object.keys((await uses('SELECT * FROM audit.orders WHERE note = $1')) ?? {})).toEqual(['audit.orders']));

  it('do not come from a common table expression of the same name', async () => {
    expect(await uses('WITH items AS (SELECT id FROM orders WHERE customer = $1) SELECT * FROM items WHERE name = $2')).toEqual({
      'public.orders': ['customer'],
    });
  });

  it.each(['SELECT * FROM orders WHERE customer = $1 AND (SELECT', 'SELECT 1; SELECT 2', ''])('do not come from "%s"', async (sql) =>
    expect(await uses(sql)).toBeNull(),
  );
});
