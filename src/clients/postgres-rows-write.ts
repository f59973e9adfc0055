import type pg from 'pg';
import { z } from 'zod';
import { type ApprovalWriter, approvalWriter } from './postgres-approvals-write.ts';
import { type JobWriter, jobWriter } from './postgres-jobs-write.ts';
import { classifyDatabaseError, openWritePool, type PostgresWriterOptions } from './postgres-write-connection.ts';
import { WriteRefusedError } from './write-errors.ts';

/** A table of the application, as it was when the plan was made. */
export interface Relation {
  readonly schema: string;
  readonly table: string;
  readonly tableOid: string;
}

const Column = z.object({ sql: z.string(), type: z.string(), writable: z.boolean(), length: z.int().nullable() });
const Table = z.object({ sql: z.string(), role: z.string(), columns: z.record(z.string(), Column) });

export type RowColumn = z.infer<typeof Column>;

/** A table with what its mapper calls things: `lockeduntil` is locked_until or "LockedUntil", quoted as SQL needs it. */
export interface RowTable {
  readonly sql: string;
  /** @throws WriteRefusedError where it has no such column. */
  column(key: string): RowColumn;
  /** @throws WriteRefusedError where the executor's role may not update one of them. */
  mayUpdate(keys: readonly string[]): void;
}

/** Asks within a transaction. Times are in UTC, so that columns without a zone, which hold UTC, are read and written as such. */
export type Ask = (text: string, values: readonly unknown[]) => Promise<readonly unknown[]>;

/**
 * One transaction over one table: either all of it happens or nothing.
 * @throws WriteRefusedError where nothing was changed; WriteUncertainError where the commit got no answer.
 */
export type InTransaction = <Result>(relation: Relation, work: (table: RowTable, ask: Ask) => Promise<Result>) => Promise<Result>;

/** What the executor may do with rows of the application's own tables. */
export interface RowWriter {
  readonly jobs: JobWriter;
  readonly approvals: ApprovalWriter;
  close(): Promise<void>;
}

const BEGIN = "BEGIN; SET LOCAL statement_timeout = '5s'; SET LOCAL lock_timeout = '2s'; SET LOCAL TIME ZONE 'UTC'";

/** Every identifier comes from the catalogue and is quoted by PostgreSQL itself. */
const RESOLVE = `
SELECT format('%I.%I', n.nspname, c.relname) AS sql, current_user::text AS role,
       json_object_agg(lower(replace(a.attname, '_', '')), json_build_object(
         'sql', quote_ident(a.attname), 'type', format_type(a.atttypid, a.atttypmod),
         'writable', has_column_privilege(c.oid, a.attnum, 'UPDATE'),
         'length', CASE WHEN a.atttypid = 'varchar'::regtype AND a.atttypmod > 4 THEN a.atttypmod - 4 END)) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.oid = $1::oid AND n.nspname = $2 AND c.relname = $3 AND c.relkind IN ('r', 'p')
 GROUP BY n.nspname, c.relname`;

/** Connects as the role that may change certain columns. A connection is opened when it is needed and closed afterwards. */
export function connectRowWriter(options: PostgresWriterOptions): RowWriter {
  const { pool } = openWritePool(options, { kept: false });
  const transaction: InTransaction = (relation, work) => inTransaction(pool, relation, work);
  return { jobs: jobWriter(transaction), approvals: approvalWriter(transaction), close: () => pool.end() };
}

async function inTransaction<Result>(
  pool: pg.Pool,
  relation: Relation,
  work: (table: RowTable, ask: Ask) => Promise<Result>,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw nothingChanged(error);
  });
  const ask: Ask = async (text, values) => (await client.query(text, [...values])).rows;
  let result: Result;
  try {
    await client.query(BEGIN);
    result = await work(await resolve(relation, ask), ask);
  } catch (error) {
    // Without an answer the connection is of no more use: the server rolls back when it is gone.
    const broken = await client.query('ROLLBACK').then(
      () => false,
      () => true,
    );
    client.release(broken);
    throw nothingChanged(error);
  }
  try {
    await client.query('COMMIT');
  } catch (error) {
    client.release(true);
    throw classifyDatabaseError(error);
  }
  client.release();
  return result;
}

/** Whatever goes wrong before the commit is sent leaves everything as it was. */
function nothingChanged(error: unknown): WriteRefusedError {
  const known = error instanceof WriteRefusedError ? error : classifyDatabaseError(error);
  if (error instanceof Error && 'code' in error && error.code === '55P03')
    return new WriteRefusedError('refused', 'Another session holds a lock on it, for longer than 2 s.', { cause: error });
  return known instanceof WriteRefusedError ? known : new WriteRefusedError('unreachable', known.message, { cause: error });
}

async function resolve(relation: Relation, ask: Ask): Promise<RowTable> {
  const name = `${relation.schema}.${relation.table}`;
  const [found] = await ask(RESOLVE, [relation.tableOid, relation.schema, relation.table]);
  if (found === undefined) throw new WriteRefusedError('gone', `There is no table ${name} of that identity.`);
  const { sql, role, columns } = Table.parse(found);
  const column = (key: string): RowColumn => {
    const one = columns[key];
    if (one === undefined) throw new WriteRefusedError('precondition', `${name} has no column like ${key}.`);
    return one;
  };
  return {
    sql,
    column,
    mayUpdate(keys) {
      const lacking = keys.map(column).filter(({ writable }) => !writable);
      if (lacking.length === 0) return;
      const grant = `GRANT UPDATE (${lacking.map((one) => one.sql).join(', ')}) ON ${sql} TO ${role}`;
      throw new WriteRefusedError('forbidden', `The executor's role may not update these columns: ${grant};`);
    },
  };
}
