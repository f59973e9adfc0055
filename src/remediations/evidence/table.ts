import pg from 'pg';
import { z } from 'zod';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { psql } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';

const Index = z.object({ name: z.string(), columns: z.array(z.string()), valid: z.boolean(), partial: z.boolean() });
const Row = z.object({
  oid: z.string(),
  kind: z.string(),
  bytes: z.coerce.number(),
  rows: z.coerce.number(),
  columns: z.array(z.string()),
  indexes: z.array(Index),
  builds: z.int(),
  oldest_transaction_s: z.int().nullable(),
});

/** A table that may be given an index, with what stands in the way of that. */
export interface IndexableTable {
  readonly oid: string;
  /** `r`: an ordinary table; only those can be indexed concurrently. */
  readonly kind: string;
  readonly bytes: number;
  readonly rows: number;
  readonly columns: readonly string[];
  readonly indexes: readonly z.infer<typeof Index>[];
  /** Index builds under way on it. */
  readonly builds: number;
  readonly oldestTransactionSeconds: number;
}

/** Null where there is no such table. `name` is schema.table. */
export function tableSource(name: string) {
  const [schema = '', table = ''] = name.split('.');
  const statement = `
SELECT c.oid::text AS oid, c.relkind::text AS kind, pg_table_size(c.oid)::text AS bytes, greatest(c.reltuples, 0)::bigint::text AS rows,
       (SELECT json_agg(a.attname ORDER BY a.attnum) FROM pg_attribute a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       COALESCE((SELECT json_agg(json_build_object('name', i.indexrelid::regclass::text, 'valid', i.indisvalid, 'partial', i.indpred IS NOT NULL,
                'columns', (SELECT COALESCE(json_agg(COALESCE(a.attname, '(expression)') ORDER BY k.ord), '[]')
                              FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord)
                              LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum)))
           FROM pg_index i WHERE i.indrelid = c.oid), '[]') AS indexes,
       (SELECT count(*) FROM pg_stat_progress_create_index p WHERE p.relid = c.oid)::int AS builds,
       (SELECT EXTRACT(epoch FROM clock_timestamp() - min(s.xact_start))::int FROM pg_stat_activity s
         WHERE s.datname = current_database() AND s.pid <> pg_backend_pid() AND s.backend_type <> 'autovacuum worker') AS oldest_transaction_s
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = ${pg.escapeLiteral(schema)} AND c.relname = ${pg.escapeLiteral(table)}`;
  return defineSource<IndexableTable | null>({
    id: `table.${name}`,
    title: `Table ${name}`,
    permission: 'GRANT pg_read_all_stats TO the reading role',
    asked: (target) => psql(target, statement),
    async collect({ clients, signal }) {
      const [raw] = await clients.postgres.query(statement, signal);
      if (raw === undefined) return { data: null, complete: true };
      const { oldest_transaction_s: oldest, ...row } = parseAnswer(Row, raw, `Table ${name}`);
      return { data: { ...row, oldestTransactionSeconds: oldest ?? 0 }, complete: true };
    },
  });
}
