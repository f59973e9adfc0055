import { describe, expect, it } from 'vitest';
import { staleStatistics as cause } from '../../../src/diagnostics/causes/db.stale_stats.ts';
import { adviceOf, concludeFrom, offersOf, QUICK, slowOn, tableUse } from '../support/facts.ts';

const staleTable = (table: string) => ({
  indexes: { stale: [{ table, liveRows: 1_000, deadRows: 0, modifiedRows: 900, lastAnalyzed: null }] },
});
const world = { ...slowOn(tableUse({ scanned: false })), ...staleTable('public.orders') };

describe('db.stale_stats', () => {
  it('is likely where a slow statement reads a table that changed much', () => {
    expect(concludeFrom(cause, world)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(adviceOf(cause, world)).toContain('ANALYZE public.orders');
  });

  it('offers to analyse it, where configuration allows its table', () => {
    expect(offersOf(cause, world)).toMatchObject([{ id: 'fix.pg.analyze', params: { table: 'public.orders' } }]);
    expect(offersOf(cause, { ...slowOn(tableUse({ table: 'public.items' })), ...staleTable('public.items') })).toEqual([]);
  });

  it.each([
    ['the slow statement reads another table', { ...world, ...staleTable('public.items') }],
    ['no statement is slow', staleTable('public.orders')],
    ['nobody waits', { ...world, ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));
});
