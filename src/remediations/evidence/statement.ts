import pg from 'pg';
import { z } from 'zod';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { askActivity, BACKEND_START, QUERY_START, READ_ALL_STATS } from '../../diagnostics/evidence/sql.ts';
import { psql } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';

const Row = z.object({
  user: z.string().nullable(),
  application: z.string().nullable(),
  backend_type: z.string().nullable(),
  running_s: z.int().nullable(),
  transaction_s: z.int().nullable(),
  query: z.string().nullable(),
  waits_for_lock: z.boolean(),
  blocks: z.int(),
});

/** One statement that runs in the service's database, as it is now. */
export interface RunningStatement {
  readonly user: string;
  readonly application: string;
  /** `client backend`, or a worker of the server's own, such as autovacuum. */
  readonly backendType: string;
  readonly runningSeconds: number;
  readonly transactionSeconds: number;
  readonly query: string;
  readonly waitsForLock: boolean;
  /** Sessions that wait for it directly. */
  readonly blocks: number;
}

/** Null where the statement has ended: its session is gone, idle, or at another one. */
export function statementSource(pid: number, backendStart: string, queryStart: string) {
  const statement = `
SELECT a.usename AS user, a.application_name AS application, a.backend_type,
       EXTRACT(epoch FROM clock_timestamp() - a.query_start)::int AS running_s,
       EXTRACT(epoch FROM clock_timestamp() - a.xact_start)::int AS transaction_s,
       left(a.query, 500) AS query, a.wait_event_type IS NOT DISTINCT FROM 'Lock' AS waits_for_lock,
       (SELECT count(*) FROM pg_stat_activity w WHERE w.wait_event_type = 'Lock' AND a.pid = ANY (pg_blocking_pids(w.pid)))::int AS blocks
  FROM pg_stat_activity a
 WHERE a.pid = ${Number(pid)} AND a.datname = current_database() AND a.state = 'active'
   AND ${BACKEND_START('a')} = ${pg.escapeLiteral(backendStart)} AND ${QUERY_START('a')} = ${pg.escapeLiteral(queryStart)}`;
  return defineSource<RunningStatement | null>({
    id: `statement.${pid}.${backendStart}.${queryStart}`,
    title: `Statement of session ${pid}`,
    permission: READ_ALL_STATS,
    asked: (target) => psql(target, statement),
    async collect(context) {
      const [rows] = await askActivity(context, statement);
      if (rows?.[0] === undefined) return { data: null, complete: true };
      const row = parseAnswer(Row, rows[0], `The statement of session ${pid}`);
      const data = {
        user: row.user ?? '',
        application: row.application ?? '',
        backendType: row.backend_type ?? '',
        runningSeconds: row.running_s ?? 0,
        transactionSeconds: row.transaction_s ?? 0,
        query: row.query ?? '',
        waitsForLock: row.waits_for_lock,
        blocks: row.blocks,
      };
      return { data, complete: true };
    },
  });
}
