import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { askActivity, BACKEND_START, READ_ALL_STATS } from './sql.ts';

const SQL = `
SELECT a.pid, ${BACKEND_START('a')} AS backend_start, coalesce(a.usename, '') AS role, coalesce(a.application_name, '') AS application,
       host(a.client_addr) AS client, a.state,
       extract(epoch FROM clock_timestamp() - a.xact_start)::int AS transaction_seconds,
       extract(epoch FROM clock_timestamp() - a.state_change)::int AS idle_seconds,
       left(a.query, 500) AS last_query,
       (SELECT count(*) FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted)::int AS advisory_locks,
       (SELECT count(*) FROM pg_stat_activity w WHERE w.wait_event_type = 'Lock' AND a.pid = ANY (pg_blocking_pids(w.pid)))::int AS directly_blocks
  FROM pg_stat_activity a
 WHERE a.backend_type = 'client backend' AND a.datname = current_database()
   AND a.state IN ('idle in transaction', 'idle in transaction (aborted)')
   AND a.state_change < clock_timestamp() - interval '1 second'
 ORDER BY a.xact_start LIMIT 50`;

const Answer = z.array(
  z.object({
    pid: z.int(),
    backend_start: z.string(),
    role: z.string(),
    application: z.string(),
    client: z.string().nullable(),
    state: z.string(),
    transaction_seconds: z.int().nullable(),
    idle_seconds: z.int().nullable(),
    last_query: z.string().nullable(),
    advisory_locks: z.int(),
    directly_blocks: z.int(),
  }),
);

export interface IdleTransaction {
  readonly pid: number;
  /** Text with microseconds: a JavaScript date would lose them, and name another session. */
  readonly backendStart: string;
  readonly role: string;
  readonly application: string;
  readonly client: string | null;
  readonly state: string;
  readonly transactionSeconds: number;
  readonly idleSeconds: number;
  readonly lastQuery: string;
  readonly advisoryLocks: number;
  readonly directlyBlocks: number;
}

/** Sessions that began a transaction and do nothing, longest transaction first. */
export const idleTransactions = defineSource<readonly IdleTransaction[]>({
  id: 'pg.idle_tx',
  title: 'Sessions idle in a transaction',
  permission: READ_ALL_STATS,
  asked: (target) => psql(target, SQL),
  async collect(context) {
    const [rows] = await askActivity(context, SQL);
    const data = parseAnswer(Answer, rows, 'The answer about idle transactions').map((row) => ({
      pid: row.pid,
      backendStart: row.backend_start,
      role: row.role,
      application: row.application,
      client: row.client,
      state: row.state,
      transactionSeconds: row.transaction_seconds ?? 0,
      idleSeconds: row.idle_seconds ?? 0,
      lastQuery: row.last_query ?? '',
      advisoryLocks: row.advisory_locks,
      directlyBlocks: row.directly_blocks,
    }));
    return { data, complete: true };
  },
});
