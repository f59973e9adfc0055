import { z } from 'zod';
import { openWritePool, type PostgresWriterOptions } from './postgres-write-connection.ts';

/** A session by its own identity: a pid is used again, together with the start of its backend it is not. */
export interface SessionIdentity {
  readonly pid: number;
  readonly backendStart: string;
}

/** One statement of a session: the session goes on with others, at another time. */
export interface StatementIdentity extends SessionIdentity {
  readonly queryStart: string;
}

const Ended = z.object({
  pid: z.int(),
  usename: z.string(),
  application_name: z.string(),
  state: z.string(),
  last_query: z.string(),
  idle_s: z.int(),
  signalled: z.boolean(),
});
const Cancelled = z.object({
  pid: z.int(),
  usename: z.string(),
  application_name: z.string(),
  running_s: z.int(),
  signalled: z.boolean(),
});
const Gone = z.object({ gone: z.boolean() });

export type EndedSession = z.infer<typeof Ended>;
export type CancelledStatement = z.infer<typeof Cancelled>;

/** What the executor may do with sessions of the service's database. */
export interface SessionWriter {
  /**
   * Ends one session that is idle in a transaction. All conditions are part of the statement, so that nothing else can be
   * hit: the same backend, of an allowed role, idle long enough, and without an advisory lock.
   * @returns the session that was signalled, or undefined where it no longer fits.
   */
  terminateIdle(
    session: SessionIdentity & { readonly roles: readonly string[]; readonly minimumIdleSeconds: number },
  ): Promise<EndedSession | undefined>;
  isGone(session: SessionIdentity): Promise<boolean>;
  /**
   * Cancels one running statement; its session stays. All conditions are part of PostgreSQL's statement: the same backend
   * with the same statement, a client's own (never a worker of autovacuum), of an allowed role, running long enough.
   * @returns the statement that was cancelled, or undefined where it no longer fits.
   */
  cancelRunning(
    statement: StatementIdentity & { readonly roles: readonly string[]; readonly minimumRunningSeconds: number },
  ): Promise<CancelledStatement | undefined>;
  /** Whether that statement runs no more. */
  isOver(statement: StatementIdentity): Promise<boolean>;
  close(): Promise<void>;
}

const BACKEND_START = `to_char(a.backend_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const QUERY_START = `to_char(a.query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

const TERMINATE = `
WITH target AS MATERIALIZED (
  SELECT a.pid, a.usename, a.application_name, a.state, left(a.query, 200) AS last_query,
         EXTRACT(epoch FROM clock_timestamp() - a.state_change)::int AS idle_s
    FROM pg_stat_activity a
   WHERE a.pid = $1::int
     AND ${BACKEND_START} = $2::text
     AND a.pid <> pg_backend_pid()
     AND a.datname = current_database()
     AND a.backend_type = 'client backend'
     AND a.usename = ANY ($3::text[])
     AND a.state IN ('idle in transaction', 'idle in transaction (aborted)')
     AND a.state_change < clock_timestamp() - make_interval(secs => $4::int)
     AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.pid = a.pid AND l.locktype = 'advisory' AND l.granted)
)
SELECT target.*, pg_terminate_backend(target.pid) AS signalled FROM target`;

const IS_GONE = `SELECT NOT EXISTS (SELECT 1 FROM pg_stat_activity a WHERE a.pid = $1::int AND ${BACKEND_START} = $2::text) AS gone`;

const CANCEL = `
WITH target AS MATERIALIZED (
  SELECT a.pid, a.usename, a.application_name, EXTRACT(epoch FROM clock_timestamp() - a.query_start)::int AS running_s
    FROM pg_stat_activity a
   WHERE a.pid = $1::int
     AND ${BACKEND_START} = $2::text
     AND ${QUERY_START} = $3::text
     AND a.pid <> pg_backend_pid()
     AND a.datname = current_database()
     AND a.backend_type = 'client backend'
     AND a.usename = ANY ($4::text[])
     AND a.state = 'active'
     AND a.query_start < clock_timestamp() - make_interval(secs => $5::int)
)
SELECT target.*, pg_cancel_backend(target.pid) AS signalled FROM target`;

const IS_OVER = `
SELECT NOT EXISTS (
  SELECT 1 FROM pg_stat_activity a
   WHERE a.pid = $1::int AND ${BACKEND_START} = $2::text AND ${QUERY_START} = $3::text AND a.state = 'active') AS gone`;

/** Connects as the role that may end sessions. One connection is kept open, because there may be no free slot when it is needed. */
export function connectSessionWriter(options: PostgresWriterOptions): SessionWriter {
  const { pool, ask } = openWritePool(options, { kept: true });
  return {
    async terminateIdle({ pid, backendStart, roles, minimumIdleSeconds }) {
      const rows = await ask(TERMINATE, [pid, backendStart, [...roles], minimumIdleSeconds]);
      return rows[0] === undefined ? undefined : Ended.parse(rows[0]);
    },
    async isGone({ pid, backendStart }) {
      return Gone.parse((await ask(IS_GONE, [pid, backendStart]))[0]).gone;
    },
    async cancelRunning({ pid, backendStart, queryStart, roles, minimumRunningSeconds }) {
      const rows = await ask(CANCEL, [pid, backendStart, queryStart, [...roles], minimumRunningSeconds]);
      return rows[0] === undefined ? undefined : Cancelled.parse(rows[0]);
    },
    async isOver({ pid, backendStart, queryStart }) {
      return Gone.parse((await ask(IS_OVER, [pid, backendStart, queryStart]))[0]).gone;
    },
    close: () => pool.end(),
  };
}
