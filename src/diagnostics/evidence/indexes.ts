import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { askActivity, Numeric, READ_ALL_STATS } from './sql.ts';

/** Scans of whole tables that an index might spare: many, over many rows, of a table that is not small. Parallel workers each count one. */
const MISSING = `
SELECT s.schemaname AS schema, s.relname AS name, s.seq_scan, s.seq_tup_read, coalesce(s.idx_scan, 0) AS index_scans,
       (s.seq_tup_read / nullif(s.seq_scan, 0))::bigint AS rows_per_scan, pg_table_size(s.relid) AS bytes,
       (SELECT to_char(stats_reset AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') FROM pg_stat_database WHERE datname = current_database()) AS stats_reset
  FROM pg_stat_user_tables s
 WHERE s.seq_scan >= 50
   AND s.seq_tup_read / nullif(s.seq_scan, 0) >= 10000
   AND pg_table_size(s.relid) >= 8 * 1024 * 1024
   AND s.seq_scan > coalesce(s.idx_scan, 0) * 0.1
 ORDER BY s.seq_tup_read DESC LIMIT 10`;

const FOREIGN_KEYS = `
SELECT n.nspname AS schema, t.relname AS name, c.conname AS constraint_name, pn.nspname || '.' || p.relname AS parent,
       (SELECT array_agg(a.attname::text ORDER BY k.ord)
          FROM unnest(c.conkey) WITH ORDINALITY AS k(attnum, ord)
          JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) AS columns,
       pg_table_size(c.conrelid) AS bytes
  FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_class p ON p.oid = c.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
 WHERE c.contype = 'f' AND pg_table_size(c.conrelid) > 8 * 1024 * 1024
   AND NOT EXISTS (SELECT 1 FROM pg_index i
                    WHERE i.indrelid = c.conrelid AND i.indisvalid AND (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)
 ORDER BY bytes DESC LIMIT 20`;

const INVALID = `
SELECT x.relname AS index_name, n.nspname AS schema, t.relname AS name, pg_relation_size(i.indexrelid) AS bytes,
       coalesce((SELECT array_agg(a.attname::text ORDER BY k.ord)
          FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord)
          JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum), '{}') AS columns
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
 WHERE NOT i.indisvalid AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = i.indexrelid)
 ORDER BY 1 LIMIT 20`;

const STALE = `
SELECT s.schemaname AS schema, s.relname AS name, s.n_live_tup AS live_rows, s.n_dead_tup AS dead_rows, s.n_mod_since_analyze AS modified_rows,
       to_char(greatest(s.last_analyze, s.last_autoanalyze) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS last_analyzed
  FROM pg_stat_user_tables s
 WHERE s.n_live_tup + s.n_dead_tup > 10000
   AND (s.n_mod_since_analyze > 0.2 * greatest(s.n_live_tup, 1) OR s.n_dead_tup > 0.2 * greatest(s.n_live_tup, 1))
 ORDER BY s.n_mod_since_analyze DESC LIMIT 10`;

const Table = { schema: z.string(), name: z.string() };
const MissingRows = z.array(
  z.object({
    ...Table,
    seq_scan: Numeric,
    seq_tup_read: Numeric,
    index_scans: Numeric,
    rows_per_scan: Numeric,
    bytes: Numeric,
    stats_reset: z.string().nullable(),
  }),
);
const ForeignKeyRows = z.array(
  z.object({ ...Table, constraint_name: z.string(), parent: z.string(), columns: z.array(z.string()), bytes: Numeric }),
);
const InvalidRows = z.array(z.object({ ...Table, index_name: z.string(), columns: z.array(z.string()), bytes: Numeric }));
const StaleRows = z.array(
  z.object({ ...Table, live_rows: Numeric, dead_rows: Numeric, modified_rows: Numeric, last_analyzed: z.string().nullable() }),
);

/** Tables are named schema.table. */
export interface IndexHints {
  readonly scanned: readonly {
    readonly table: string;
    readonly scans: number;
    readonly rowsPerScan: number;
    readonly indexScans: number;
    readonly bytes: number;
    readonly since: string | null;
  }[];
  readonly foreignKeys: readonly {
    readonly table: string;
    readonly parent: string;
    readonly constraint: string;
    readonly columns: readonly string[];
    readonly bytes: number;
  }[];
  /** Columns without the expressions among them. */
  readonly invalid: readonly {
    readonly index: string;
    readonly table: string;
    readonly columns: readonly string[];
    readonly bytes: number;
  }[];
  readonly stale: readonly {
    readonly table: string;
    readonly liveRows: number;
    readonly deadRows: number;
    readonly modifiedRows: number;
    readonly lastAnalyzed: string | null;
  }[];
}

export const indexes = defineSource<IndexHints>({
  id: 'pg.indexes',
  title: 'Indexes and table statistics',
  permission: READ_ALL_STATS,
  asked: (target) => psql(target, MISSING, FOREIGN_KEYS, INVALID, STALE),
  async collect(context) {
    const [missing, foreignKeys, invalid, stale] = await askActivity(context, MISSING, FOREIGN_KEYS, INVALID, STALE);
    const data: IndexHints = {
      scanned: parseAnswer(MissingRows, missing, 'The answer about table scans').map((row) => ({
        table: `${row.schema}.${row.name}`,
        scans: row.seq_scan,
        rowsPerScan: row.rows_per_scan,
        indexScans: row.index_scans,
        bytes: row.bytes,
        since: row.stats_reset,
      })),
      foreignKeys: parseAnswer(ForeignKeyRows, foreignKeys, 'The answer about foreign keys').map((row) => ({
        table: `${row.schema}.${row.name}`,
        parent: row.parent,
        constraint: row.constraint_name,
        columns: row.columns,
        bytes: row.bytes,
      })),
      invalid: parseAnswer(InvalidRows, invalid, 'The answer about invalid indexes').map((row) => ({
        index: row.index_name,
        table: `${row.schema}.${row.name}`,
        columns: row.columns,
        bytes: row.bytes,
      })),
      stale: parseAnswer(StaleRows, stale, 'The answer about table statistics').map((row) => ({
        table: `${row.schema}.${row.name}`,
        liveRows: row.live_rows,
        deadRows: row.dead_rows,
        modifiedRows: row.modified_rows,
        lastAnalyzed: row.last_analyzed,
      })),
    };
    return { data, complete: true };
  },
});
