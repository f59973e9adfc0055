import { describe, expect, it } from 'vitest';
import { pgIndexes } from '../../../src/diagnostics/checks/pg.indexes.ts';
import { type IndexHints, indexes } from '../../../src/diagnostics/evidence/indexes.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const NONE: IndexHints = { scanned: [], foreignKeys: [], invalid: [], stale: [] };

describe('pg.indexes', () => {
  it('is well where there is no hint', () => expectNeverOkOverGaps(pgIndexes, given(indexes, NONE)));

  it.each<[string, Partial<IndexHints>]>([
    [
      'a table that is scanned',
      { scanned: [{ table: 'public.orders', scans: 182, rowsPerScan: 65_934, indexScans: 3, bytes: 2e7, since: null }] },
    ],
    [
      'a foreign key without index',
      { foreignKeys: [{ table: 'public.items', parent: 'public.orders', constraint: 'fk', columns: ['order_id'], bytes: 2e7 }] },
    ],
    ['an invalid index', { invalid: [{ index: 'idx', table: 'public.orders', columns: ['customer_id'], bytes: 8_192 }] }],
    ['stale statistics', { stale: [{ table: 'public.orders', liveRows: 100, deadRows: 0, modifiedRows: 90, lastAnalyzed: null }] }],
  ])('only warns of %s: it is a hint', (_, changes) => {
    expect(run(pgIndexes, given(indexes, { ...NONE, ...changes })).verdict).toBe('warn');
  });
});
