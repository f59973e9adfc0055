import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { READ_ALL_STATS } from './sql.ts';
import { findStatementExtension, type StatementExtension, statementView, totalTimeColumn } from './statements.ts';

const LIMIT = 10;
const LONGEST_TEXT = 300;
/** Statements are told apart by as much of their text. */
const LONGEST_KEY = 2_000;

/** Thousands of texts may be there, of any length: only those that are shown are put on one line. */
const sql = (extension: StatementExtension) => `
SELECT left(regexp_replace(top.query, '\\s+', ' ', 'g'), ${LONGEST_TEXT}) AS query, sum(top.calls)::float8 AS calls,
       sum(top.total_ms)::float8 / NULLIF(sum(top.calls), 0) AS mean_ms
  FROM (SELECT left(s.query, ${LONGEST_KEY}) AS query, sum(s.calls) AS calls, sum(s.${totalTimeColumn(extension)}) AS total_ms
          FROM ${statementView(extension)} s
         WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.queryid IS NOT NULL
           AND s.userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
         GROUP BY 1 ORDER BY sum(s.${totalTimeColumn(extension)}) DESC LIMIT ${LIMIT}) AS top
 GROUP BY 1 ORDER BY sum(top.total_ms) DESC`;

const Answer = z.array(z.object({ query: z.string(), calls: z.number(), mean_ms: z.number().nullable() }));

/** A statement among those that took the most of the database's time since the statistics were reset. */
interface TopStatement {
  readonly query: string;
  readonly calls: number;
  readonly meanMs: number;
}

export const topStatements = defineSource<readonly TopStatement[]>({
  id: 'pg.top_statements',
  title: 'Statements by time since the reset',
  permission: `${READ_ALL_STATS}; CREATE EXTENSION pg_stat_statements in this database`,
  asked: (target) => psql(target, sql({ schema: 'public', has_exec_time: true })),
  async collect(context) {
    const extension = await findStatementExtension(context);
    const answer = await context.clients.postgres.query(sql(extension), context.signal);
    const rows = parseAnswer(Answer, answer, 'The list of statements');
    return { data: rows.map(({ query, calls, mean_ms }) => ({ query, calls, meanMs: mean_ms ?? 0 })), complete: true };
  },
});
