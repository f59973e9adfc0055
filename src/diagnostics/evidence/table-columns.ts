import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { Numeric } from './sql.ts';

/** The catalogue may be read by everybody. Partitioned tables are left out: CREATE INDEX CONCURRENTLY does not take them. */
const SQL = `
SELECT n.nspname AS schema, c.relname AS name, pg_table_size(c.oid) AS bytes,
       (SELECT coalesce(json_agg(json_build_object('name', a.attname, 'type', format_type(a.atttypid, a.atttypmod)) ORDER BY a.attnum), '[]')
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       (SELECT coalesce(json_agg(json_build_object('name', x.relname, 'valid', i.indisvalid, 'partial', i.indpred IS NOT NULL, 'columns',
                 (SELECT coalesce(json_agg(coalesce(a.attname, '') ORDER BY k.ord), '[]')
                    FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, ord)
                    LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum AND k.attnum > 0
                   WHERE k.ord <= i.indnkeyatts))), '[]')
          FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = c.oid) AS indexes
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_%'
 ORDER BY pg_table_size(c.oid) DESC LIMIT 500`;

const Answer = z.array(
  z.object({
    schema: z.string(),
    name: z.string(),
    bytes: Numeric,
    columns: z.array(z.object({ name: z.string(), type: z.string() })),
    indexes: z.array(z.object({ name: z.string(), valid: z.boolean(), partial: z.boolean(), columns: z.array(z.string()) })),
  }),
);

interface TableDescription {
  /** schema.table, without quotes. */
  readonly table: string;
  readonly bytes: number;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  /** Key columns in order; an expression is an empty text. */
  readonly indexes: readonly {
    readonly name: string;
    readonly valid: boolean;
    readonly partial: boolean;
    readonly columns: readonly string[];
  }[];
}

/** The tables of the database with their columns and indexes, largest first. */
export const tableColumns = defineSource<readonly TableDescription[]>({
  id: 'pg.tables',
  title: 'Tables, columns and indexes',
  permission: 'none: the catalogue is open to every role',
  asked: (target) => psql(target, SQL),
  async collect({ clients, signal }) {
    const rows = parseAnswer(Answer, await clients.postgres.query(SQL, signal), 'The answer about tables');
    const data = rows.map(({ schema, name, ...table }) => ({ table: `${schema}.${name}`, ...table }));
    return { data, complete: true };
  },
});
