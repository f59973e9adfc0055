import pg from 'pg';
import { z } from 'zod';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { psql } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';

const Row = z.object({
  user: z.string().nullable(),
  application: z.string().nullable(),
  state: z.string().nullable(),
  backend_type: z.string().nullable(),
  idle_s: z.int().nullable(),
  transaction_s: z.int().nullable(),
  advisory_locks: z.int(),
  blocks: z.int(),
  can_read_all_stats: z.boolean(),
});

/** One session of the service's database, as it is now. */
export interface Session {
  readonly user: string;
  readonly application: string;
  readonly state: string;
  readonly idleSeconds: number;
  readonly transactionSeconds: number;
  readonly advisoryLocks: number;
  /** Sessions that wait for it directly. */
  readonly blocks: number;
}

/** Null where the session has ended, or where its pid belongs to another backend now. */
export function sessionSource(pid: number, backendStart: string) {
  const statement = `
SELECT a.usename AS user, a.application_name AS application, a.state, a.backend_type,
       EXTRACT(epoch FROM clock_timestamp() - a.state_change)::int AS idle_s,
       EXTRACT(epoch FROM clock_timestamp() - a.xact_start)::int AS transaction_s,
       (SELECT count(*) FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted)::int AS advisory_locks,
       (SELECT count(*) FROM pg_stat_activity w WHERE w.wait_event_type = 'Lock' AND a.pid = ANY (pg_blocking_pids(w.pid)))::int AS blocks,
       pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS can_read_all_stats
  FROM pg_stat_activity a
 WHERE a.pid = ${Number(pid)} AND a.datname = current_database()
   AND to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') = ${pg.escapeLiteral(backendStart)}`;
  return defineSource<Session | null>({
    id: `session.${pid}.${backendStart}`,
    title: `Session ${pid}`,
    permission: 'GRANT pg_read_all_stats TO the reading role',
    asked: (target) => psql(target, statement),
    async collect({ clients, signal }) {
      const [raw] = await clients.postgres.query(statement, signal);
      if (raw === undefined) return { data: null, complete: true };
      const row = parseAnswer(Row, raw, `Session ${pid}`);
      const data = {
        user: row.user ?? '',
        application: row.application ?? '',
        state: row.state ?? '',
        idleSeconds: row.idle_s ?? 0,
        transactionSeconds: row.transaction_s ?? 0,
        advisoryLocks: row.advisory_locks,
        blocks: row.blocks,
      };
      if (row.can_read_all_stats) return { data, complete: true };
      return {
        data,
        complete: false,
        gap: {
          reason: 'forbidden',
          message: 'The reading role does not see what other sessions do.',
          mend: 'GRANT pg_read_all_stats TO the reading role.',
        },
      };
    },
  });
}
