import { indexes } from '../evidence/indexes.ts';
import { bytes, count, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type IndexFacts = {
  scanned: { table: string; scans: number; rowsPerScan: number; indexScans: number; bytes: number; since: string | null }[];
  foreignKeys: { table: string; parent: string; constraint: string; columns: string; bytes: number }[];
  invalid: { index: string; table: string; columns: string; bytes: number }[];
  stale: { table: string; liveRows: number; deadRows: number; modifiedRows: number; lastAnalyzed: string | null }[];
};

/** Hints alone: a daily report over a large table looks the same as a missing index. */
export const pgIndexes = defineCheck({
  id: 'pg.indexes',
  title: 'Indexes',
  needs: { indexes },
  judge({ indexes: { data } }): Judgement<IndexFacts> {
    const facts = {
      scanned: data.scanned.map((row) => ({ ...row })),
      foreignKeys: data.foreignKeys.map((row) => ({ ...row, columns: row.columns.join(', ') })),
      invalid: data.invalid.map((row) => ({ ...row, columns: row.columns.join(', ') })),
      stale: data.stale.map((row) => ({ ...row })),
    };
    const hints = [
      ...data.scanned.map(
        ({ table, scans, rowsPerScan, bytes: size }) =>
          `${table} (${bytes(size)}) was read from end to end ${scans} times, ${rowsPerScan} rows each`,
      ),
      ...data.foreignKeys.map(({ table, columns }) => `${table} has no index for its foreign key (${columns.join(', ')})`),
      ...data.invalid.map(({ index, table }) => `index ${index} of ${table} is invalid`),
      ...data.stale.map(({ table, modifiedRows }) => `${table} changed ${modifiedRows} rows since it was last analysed`),
    ];
    if (hints.length === 0)
      return {
        verdict: 'ok',
        summary: 'No large table is often read from end to end, and no index is invalid or lacking for a foreign key.',
        facts,
      };
    return { verdict: 'warn', summary: `${count(hints.length, 'hint')}: ${some(hints, 2)}.`, facts };
  },
});
