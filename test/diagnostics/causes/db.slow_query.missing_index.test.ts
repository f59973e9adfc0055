import { describe, expect, it } from 'vitest';
import { missingIndex as cause } from '../../../src/diagnostics/causes/db.slow_query.missing_index.ts';
import { blockedBy, concludeFrom, conclusionContext, lockRoot, offersOf, QUICK, slowOn, tableUse } from '../support/facts.ts';

const hint = {
  indexes: { scanned: [{ table: 'public.orders', scans: 182, rowsPerScan: 65_934, indexScans: 3, bytes: 2e7, since: null }] },
};

describe('db.slow_query.missing_index', () => {
  it('is confirmed where the plan of a slow statement shows the scan', () => {
    expect(concludeFrom(cause, slowOn(tableUse()))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
  });

  it('is likely where there is no plan, and the statistics of the table hint at it', () => {
    expect(concludeFrom(cause, { ...slowOn(tableUse({ scanned: null })), ...hint })).toMatchObject({
      kind: 'concluded',
      certainty: 'likely',
    });
  });

  it.each([
    ['no statement is slow', hint],
    ['the plan uses an index, whatever the statistics say', { ...slowOn(tableUse({ scanned: false })), ...hint }],
    ['there is no plan and no hint', slowOn(tableUse({ scanned: null }))],
    ['the table is small', slowOn(tableUse({ bytes: 4096 }))],
    ['such an index is there', slowOn(tableUse({ covered: true }))],
    ['nobody waits', { ...slowOn(tableUse()), ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('is undecided while sessions wait for locks: that makes any statement slow', () => {
    expect(concludeFrom(cause, { ...slowOn(tableUse()), ...blockedBy(lockRoot()) }).kind).toBe('undecided');
  });

  it('offers the columns of the statement', () => {
    expect(offersOf(cause, slowOn(tableUse({ columns: 'customer, state' })))).toEqual([
      expect.objectContaining({ id: 'fix.pg.create_index', params: { table: 'public.orders', columns: ['customer', 'state'] } }),
    ]);
  });

  it.each([
    ['do not follow from it', [tableUse({ columns: '' })]],
    ['differ between slow statements', [tableUse(), tableUse({ columns: 'state' })]],
  ])('lets a person choose where they %s', (_, uses) => {
    expect(offersOf(cause, slowOn(...uses))).toEqual([
      expect.objectContaining({ params: { table: 'public.orders' }, choices: { columns: ['id', 'customer', 'state'] } }),
    ]);
  });

  it('offers nothing for a table that may not be given an index, and says what would do', () => {
    const world = conclusionContext(slowOn(tableUse()), []);
    expect(cause.remediations?.(world)).toEqual([]);
    expect(cause.advice?.(world)[0]).toContain('CREATE INDEX CONCURRENTLY ON public.orders (customer)');
  });
});
