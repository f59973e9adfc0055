import pg from 'pg';
import { z } from 'zod';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { askActivity, Numeric, READ_ALL_STATS } from '../../diagnostics/evidence/sql.ts';
import { psql } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';
import { TableWork, tableWork } from './table-work.ts';

const Row = z.object({
  oid: z.string(),
  kind: z.string(),
  bytes: Numeric,
  live_rows: Numeric,
  modified_rows: Numeric,
  last_analyze: z.string().nullable(),
  last_autoanalyze: z.string().nullable(),
  work: TableWork,
});

/** How old the statistics of a table are, and who works on it. */
export interface TableStatistics {
  readonly oid: string;
  /** `r`: an ordinary table. */
  readonly kind: string;
  readonly bytes: number;
  readonly liveRows: number;
  readonly modifiedRows: number;
  /** By hand, and by autovacuum; UTC with microseconds. */
  readonly lastAnalyze: string | null;
  readonly lastAutoanalyze: string | null;
  readonly work: TableWork;
}

const utc = (column: string) => `to_char(s.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Null where there is no such table. `name` is schema.table. */
export function tableStatisticsSource(name: string) {
  const [schema = '', table = ''] = name.split('.');
  const statement = `
SELECT c.oid::text AS oid, c.relkind::text AS kind, pg_table_size(c.oid) AS bytes, coalesce(s.n_live_tup, 0) AS live_rows,
       coalesce(s.n_mod_since_analyze, 0) AS modified_rows, ${utc('last_analyze')} AS last_analyze,
       ${utc('last_autoanalyze')} AS last_autoanalyze, ${tableWork('c.oid')} AS work
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
 WHERE n.nspname = ${pg.escapeLiteral(schema)} AND c.relname = ${pg.escapeLiteral(table)} AND c.relkind IN ('r', 'p', 'm', 'f', 'v')`;
  return defineSource<TableStatistics | null>({
    id: `statistics.${name}`,
    title: `Statistics of ${name}`,
    permission: READ_ALL_STATS,
    asked: (target) => psql(target, statement),
    async collect(context) {
      const [rows] = await askActivity(context, statement);
      if (rows?.[0] === undefined) return { data: null, complete: true };
      const row = parseAnswer(Row, rows[0], `The statistics of ${name}`);
      const {
        live_rows: liveRows,
        modified_rows: modifiedRows,
        last_analyze: lastAnalyze,
        last_autoanalyze: lastAutoanalyze,
        ...rest
      } = row;
      return { data: { ...rest, liveRows, modifiedRows, lastAnalyze, lastAutoanalyze }, complete: true };
    },
  });
}
