import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { askActivity, BACKEND_START, Numeric, QUERY_START, READ_ALL_STATS } from './sql.ts';

const SQL = `
SELECT a.pid, ${BACKEND_START('a')} AS backend_start, ${QUERY_START('a')} AS query_start, coalesce(a.usename, '') AS role, coalesce(a.application_name, '') AS application,
       extract(epoch FROM clock_timestamp() - a.query_start)::numeric(12,1) AS running_seconds,
       a.wait_event_type, a.wait_event, left(a.query, 500) AS query
  FROM pg_stat_activity a
 WHERE a.backend_type IN ('client backend', 'parallel worker') AND a.datname = current_database()
   AND a.state = 'active' AND a.pid <> pg_backend_pid() AND a.application_name NOT LIKE 'hotswap-bot%'
   AND a.query_start < clock_timestamp() - interval '1 second'
 ORDER BY a.query_start LIMIT 50`;

const Answer = z.array(
  z.object({
    pid: z.int(),
    backend_start: z.string(),
    query_start: z.string(),
    role: z.string(),
    application: z.string(),
    running_seconds: Numeric,
    wait_event_type: z.string().nullable(),
    wait_event: z.string().nullable(),
    query: z.string().nullable(),
  }),
);

interface RunningStatement {
  readonly pid: number;
  readonly backendStart: string;
  readonly queryStart: string;
  readonly role: string;
  readonly application: string;
  readonly runningSeconds: number;
  /** "Lock": it waits for another session. */
  readonly waitType: string | null;
  readonly wait: string | null;
  readonly query: string;
}

/** Statements that run for more than a second, longest first. */
export const longQueries = defineSource<readonly RunningStatement[]>({
  id: 'pg.long_queries',
  title: 'Statements that run long',
  permission: READ_ALL_STATS,
  asked: (target) => psql(target, SQL),
  async collect(context) {
    const [rows] = await askActivity(context, SQL);
    const data = parseAnswer(Answer, rows, 'The answer about running statements').map((row) => ({
      pid: row.pid,
      backendStart: row.backend_start,
      queryStart: row.query_start,
      role: row.role,
      application: row.application,
      runningSeconds: row.running_seconds,
      waitType: row.wait_event_type,
      wait: row.wait_event,
      query: row.query ?? '',
    }));
    return { data, complete: true };
  },
});
