import pg from 'pg';
import { z } from 'zod';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { askActivity, Numeric, READ_ALL_STATS } from '../../diagnostics/evidence/sql.ts';
import { psql } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';
import { TableWork, tableWork } from './table-work.ts';

const Row = z.object({
  oid: z.string(),
  table_oid: z.string(),
  kind: z.string(),
  valid: z.boolean(),
  constraint: z.string().nullable(),
  columns: z.array(z.string()),
  bytes: Numeric,
  work: TableWork,
  oldest_transaction_s: z.int().nullable(),
});

/** One index of a table, valid or not, with what stands in the way of dropping it. */
export interface IndexInQuestion {
  readonly oid: string;
  readonly tableOid: string;
  /** `i`: an ordinary index; those of partitioned tables cannot be dropped concurrently. */
  readonly kind: string;
  readonly valid: boolean;
  /** The constraint that it serves: it goes with that alone. */
  readonly constraint: string | null;
  readonly columns: readonly string[];
  readonly bytes: number;
  readonly work: TableWork;
  readonly oldestTransactionSeconds: number;
}

/** Null where the table has no such index. `table` is schema.table, `index` its plain name. */
export function indexSource(table: string, index: string) {
  const [schema = '', name = ''] = table.split('.');
  const statement = `
SELECT x.oid::text AS oid, t.oid::text AS table_oid, x.relkind::text AS kind, i.indisvalid AS valid, pg_relation_size(x.oid) AS bytes,
       (SELECT c.conname FROM pg_constraint c WHERE c.conindid = x.oid AND c.conrelid = t.oid LIMIT 1) AS constraint,
       coalesce((SELECT array_agg(a.attname::text ORDER BY k.ord) FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord)
                   JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.attnum), '{}') AS columns,
       ${tableWork('t.oid')} AS work,
       (SELECT EXTRACT(epoch FROM clock_timestamp() - min(s.xact_start))::int FROM pg_stat_activity s
         WHERE s.datname = current_database() AND s.pid <> pg_backend_pid() AND s.backend_type <> 'autovacuum worker') AS oldest_transaction_s
  FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
 WHERE n.nspname = ${pg.escapeLiteral(schema)} AND t.relname = ${pg.escapeLiteral(name)} AND x.relname = ${pg.escapeLiteral(index)}`;
  return defineSource<IndexInQuestion | null>({
    id: `index.${table}.${index}`,
    title: `Index ${index} of ${table}`,
    permission: READ_ALL_STATS,
    asked: (target) => psql(target, statement),
    async collect(context) {
      const [rows] = await askActivity(context, statement);
      if (rows?.[0] === undefined) return { data: null, complete: true };
      const { table_oid: tableOid, oldest_transaction_s: oldest, ...row } = parseAnswer(Row, rows[0], `Index ${index}`);
      return { data: { ...row, tableOid, oldestTransactionSeconds: oldest ?? 0 }, complete: true };
    },
  });
}
