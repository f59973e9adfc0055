import { z } from 'zod';
import type { Relation } from './postgres-rows-write.ts';
import { classifyDatabaseError, connectForOne, openWritePool, type PostgresWriterOptions } from './postgres-write-connection.ts';
import { WriteRefusedError } from './write-errors.ts';

/** Statistics of one table as the server has them. */
export interface StatisticsState {
  /** UTC with microseconds; null: nobody has analysed it by hand. */
  readonly lastAnalyze: string | null;
  /** Whether the executor's role may: others are only warned, and nothing is done. */
  readonly mayAnalyze: boolean;
  /** Sessions that hold a lock on it which ANALYZE would have to wait for. */
  readonly busy: number;
}

/** What the executor may do with statistics, as the owner of the tables. */
export interface StatisticsWriter {
  /** Undefined where there is no such table. */
  look(table: Relation): Promise<StatisticsState | undefined>;
  /**
   * Analyses the table. It does not wait for a lock, so that it never stands in the way of autovacuum, which gives way to
   * whoever waits for it.
   * @returns what the server warned of: a warning means that it was skipped.
   */
  analyze(table: Relation): Promise<readonly string[]>;
  close(): Promise<void>;
}

const LOOK = `
SELECT to_char(s.last_analyze AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS last_analyze,
       pg_has_role(current_user, c.relowner, 'USAGE')
         OR pg_has_role(current_user, (SELECT datdba FROM pg_database WHERE datname = current_database()), 'USAGE')
         OR CASE WHEN current_setting('server_version_num')::int >= 170000 THEN has_table_privilege(c.oid, 'MAINTAIN') ELSE false END AS may_analyze,
       (SELECT count(DISTINCT l.pid) FROM pg_locks l
         WHERE l.locktype = 'relation' AND l.relation = c.oid AND l.granted AND l.pid <> pg_backend_pid()
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))::int AS busy,
       format('ANALYZE (SKIP_LOCKED) %I.%I', n.nspname, c.relname) AS statement
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
 WHERE c.oid = $1::oid AND n.nspname = $2 AND c.relname = $3 AND c.relkind = 'r'`;

const Row = z.object({ last_analyze: z.string().nullable(), may_analyze: z.boolean(), busy: z.int(), statement: z.string() });

/** Connects as the owner of the tables. Connections are opened when they are needed and closed afterwards. */
export function connectStatisticsWriter(options: PostgresWriterOptions): StatisticsWriter {
  const { pool, ask } = openWritePool(options, { kept: false });
  const find = async ({ tableOid, schema, table }: Relation) => {
    const [row] = await ask(LOOK, [tableOid, schema, table]);
    return row === undefined ? undefined : Row.parse(row);
  };
  return {
    async look(relation) {
      const row = await find(relation);
      return row === undefined ? undefined : { lastAnalyze: row.last_analyze, mayAnalyze: row.may_analyze, busy: row.busy };
    },
    async analyze(relation) {
      const row = await find(relation);
      if (row === undefined)
        throw new WriteRefusedError('gone', `There is no table ${relation.schema}.${relation.table} of that identity.`);
      return runWithNotices(options, row.statement);
    },
    close: () => pool.end(),
  };
}

/** On a connection of its own, whose warnings are all its own. */
async function runWithNotices(options: PostgresWriterOptions, statement: string): Promise<readonly string[]> {
  const warnings: string[] = [];
  const { client } = await connectForOne(options, async (opened) => {
    opened.on('notice', ({ message }) => warnings.push(message ?? 'a warning without words'));
    await opened.query("SET lock_timeout = '500ms'; SET statement_timeout = '5min'; SET client_min_messages = notice");
  });
  try {
    await client.query(statement);
    return warnings;
  } catch (error) {
    throw classifyDatabaseError(error);
  } finally {
    await client.end().catch(() => {});
  }
}
