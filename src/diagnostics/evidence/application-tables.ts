import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import type { NamedTarget } from '../../config/settings.ts';
import { psql } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';

/** The application's own tables, whatever its mapper calls them: deployment_jobs or "DeploymentJobs", and so its columns. */

export type TableKind = 'jobs' | 'approvals';

export interface TableColumn {
  readonly name: string;
  /** Quoted as SQL needs it. */
  readonly sql: string;
  readonly type: string;
  /** Whether the reading role could update it: no reading role should. */
  readonly writable: boolean;
}

export interface ApplicationTable {
  readonly kind: TableKind;
  readonly schema: string;
  readonly name: string;
  /** schema.table, quoted as SQL needs it. */
  readonly sql: string;
  readonly readable: boolean;
  /** By name in lower case without underscores: `lockeduntil`. */
  readonly columns: Readonly<Record<string, TableColumn>>;
}

export type ApplicationTables = Readonly<Partial<Record<TableKind, ApplicationTable>>>;

/** A name without what mappers change. */
const bare = (name: string) => name.replaceAll('_', '').toLowerCase();

const configured = ({ application }: NamedTarget): Readonly<Record<TableKind, string>> => ({
  jobs: application.jobsTable,
  approvals: application.approvalsTable,
});

function resolveStatement(target: NamedTarget): string {
  const wanted = Object.entries(configured(target)).map(([kind, text]) => {
    const [name = '', schema] = text.split('.').reverse();
    return `('${kind}', ${schema === undefined ? 'NULL' : `'${schema}'`}, '${bare(name)}', '${name}')`; // the schema of settings lets only letters, digits and _ in
  });
  return `
SELECT w.kind, n.nspname AS schema, c.relname AS name, format('%I.%I', n.nspname, c.relname) AS sql,
       has_table_privilege(c.oid, 'SELECT') AS readable,
       json_object_agg(lower(replace(a.attname, '_', '')),
         json_build_object('name', a.attname, 'sql', quote_ident(a.attname), 'type', format_type(a.atttypid, NULL),
                           'writable', has_column_privilege(c.oid, a.attnum, 'UPDATE'))) AS columns
  FROM (VALUES ${wanted.join(', ')}) AS w(kind, schema, key, configured)
  JOIN pg_class c ON lower(replace(c.relname, '_', '')) = w.key AND c.relkind IN ('r', 'p')
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
                     AND (w.schema IS NULL OR n.nspname = w.schema)
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 GROUP BY w.kind, w.configured, c.oid, n.nspname, c.relname
 ORDER BY w.kind, pg_table_is_visible(c.oid) DESC, c.relname = w.configured DESC, n.nspname, c.relname`;
}

const Column = z.object({ name: z.string(), sql: z.string(), type: z.string(), writable: z.boolean() });
const Row = z.object({
  kind: z.enum(['jobs', 'approvals']),
  schema: z.string(),
  name: z.string(),
  sql: z.string(),
  readable: z.boolean(),
  columns: z.record(z.string(), Column),
});
const Answer = z.array(Row);

export const applicationTables = defineSource<ApplicationTables>({
  id: 'pg.application_tables',
  title: "The application's tables",
  permission: 'none: the catalogue is open to every role',
  asked: (target) => psql(target, resolveStatement(target)),
  async collect({ target, clients, signal }) {
    const parsed = Answer.safeParse(await clients.postgres.query(resolveStatement(target), signal));
    if (!parsed.success)
      throw new ReadError('invalid-response', "The catalogue's answer has an unexpected shape.", { cause: parsed.error });
    const first = (kind: TableKind) => parsed.data.find((table) => table.kind === kind);
    const [jobs, approvals] = [first('jobs'), first('approvals')];
    return { data: { ...(jobs === undefined ? {} : { jobs }), ...(approvals === undefined ? {} : { approvals }) }, complete: true };
  },
});

/** What reading one of the tables came to. That it is not there, or locked against readers, is evidence like its rows. */
export type TableReading<Data> =
  | { readonly state: 'read'; readonly table: string; readonly data: Data }
  | { readonly state: 'locked'; readonly table: string }
  | { readonly state: 'absent'; readonly table: string };

interface Question<Data> {
  readonly kind: TableKind;
  /** Columns without which nothing can be said, in the short form. */
  readonly needs: readonly string[];
  /** One statement or several, which see the same moment. */
  statements(table: ApplicationTable, all: ApplicationTables): readonly string[];
  parse(answers: readonly (readonly unknown[])[], table: ApplicationTable): Data;
}

/** Asks one of the application's tables. @returns with it the statements that were run. */
export async function askTable<Data>(
  { target, clients, signal, require }: SourceContext,
  { kind, needs, statements, parse }: Question<Data>,
): Promise<{ readonly reading: TableReading<Data>; readonly asked: readonly string[] }> {
  const all = (await require(applicationTables)).data;
  const table = all[kind];
  if (table === undefined) return { reading: { state: 'absent', table: configured(target)[kind] }, asked: [resolveStatement(target)] };
  const name = `${table.schema}.${table.name}`;
  if (!table.readable)
    throw new ReadError('forbidden', `The reading role may not read ${name}.`, { mend: `GRANT SELECT ON ${table.sql} TO hotswap_bot_ro;` });
  const lacking = needs.filter((key) => table.columns[key] === undefined);
  if (lacking.length > 0)
    throw new ReadError('invalid-response', `${name} has no column like ${lacking.join(', ')}.`, {
      mend: `Set application.${kind}Table of the target to the right table.`,
    });
  const asked = statements(table, all);
  try {
    return { reading: { state: 'read', table: name, data: parse(await clients.postgres.queries(asked, signal), table) }, asked };
  } catch (error) {
    if (!(error instanceof ReadError) || error.fault !== 'lock-timeout') throw error;
    return { reading: { state: 'locked', table: name }, asked };
  }
}
