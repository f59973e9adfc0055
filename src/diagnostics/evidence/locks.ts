import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { askActivity, BACKEND_START, Numeric, QUERY_START, READ_ALL_STATS } from './sql.ts';

/**
 * Root blockers with everything that waits behind them. pg_blocking_pids takes the lock manager's lock, so it is asked
 * for waiting sessions alone; a root with pid 0 is a prepared transaction.
 */
const ROOTS = `
WITH RECURSIVE session AS MATERIALIZED (
  SELECT pid, backend_start, usename, application_name, client_addr, backend_type, state, xact_start, query_start, state_change,
         left(query, 500) AS query,
         CASE WHEN wait_event_type = 'Lock' AND datname = current_database() THEN pg_blocking_pids(pid) ELSE '{}'::int[] END AS blockers
    FROM pg_stat_activity
), edge AS (
  SELECT DISTINCT w.pid AS waiter, b.pid AS blocker FROM session w CROSS JOIN LATERAL unnest(w.blockers) AS b(pid)
), chain AS (
  SELECT waiter, blocker, 1 AS depth, ARRAY[waiter, blocker] AS path FROM edge
  UNION ALL
  SELECT c.waiter, e.blocker, c.depth + 1, c.path || e.blocker
    FROM chain c JOIN edge e ON e.waiter = c.blocker
   WHERE NOT e.blocker = ANY (c.path) AND c.depth < 10
), root AS (
  SELECT c.blocker AS pid, count(DISTINCT c.waiter)::int AS blocked_sessions, max(c.depth)::int AS chain_depth, array_agg(DISTINCT c.waiter) AS waiters
    FROM chain c WHERE NOT EXISTS (SELECT 1 FROM edge e WHERE e.waiter = c.blocker) GROUP BY 1
)
SELECT r.pid, ${BACKEND_START('s')} AS backend_start, ${QUERY_START('s')} AS query_start, s.usename AS role, s.application_name AS application, host(s.client_addr) AS client,
       s.backend_type, s.state, s.query,
       extract(epoch FROM clock_timestamp() - s.xact_start)::int AS transaction_seconds,
       extract(epoch FROM clock_timestamp() - s.state_change)::int AS in_state_seconds,
       r.blocked_sessions, r.chain_depth, r.waiters[1:10] AS waiters,
       (SELECT extract(epoch FROM max(clock_timestamp() - w.query_start))::int FROM session w WHERE w.pid = ANY (r.waiters)) AS longest_wait_seconds,
       (SELECT array_agg(DISTINCT l.mode) FROM pg_locks l
         WHERE l.pid = r.pid AND l.granted AND l.locktype = 'relation'
           AND l.relation IN (SELECT x.relation FROM pg_locks x WHERE x.pid = ANY (r.waiters) AND NOT x.granted AND x.locktype = 'relation')) AS held_modes,
       (SELECT array_agg(DISTINCT coalesce(l.relation::regclass::text, l.locktype) || ' (' || l.mode || ')')
          FROM pg_locks l WHERE l.pid = ANY (r.waiters) AND NOT l.granted) AS wanted_locks,
       (SELECT count(*) FROM pg_locks l WHERE l.pid = r.pid AND l.locktype = 'advisory' AND l.granted)::int AS advisory_locks
  FROM root r LEFT JOIN session s ON s.pid = r.pid
 ORDER BY r.blocked_sessions DESC, r.pid LIMIT 10`;

const WAITERS = `
SELECT w.pid, ${BACKEND_START('w')} AS backend_start, ${QUERY_START('w')} AS query_start, coalesce(w.usename, '') AS role, coalesce(w.application_name, '') AS application, host(w.client_addr) AS client,
       extract(epoch FROM clock_timestamp() - w.query_start)::numeric(12,1) AS waiting_seconds,
       pg_blocking_pids(w.pid) AS blocked_by, l.mode AS wanted_mode,
       coalesce(l.relation::regclass::text,
                (SELECT t.relation::regclass::text FROM pg_locks t WHERE t.pid = w.pid AND t.locktype = 'tuple' LIMIT 1),
                l.locktype) AS wanted_on,
       l.locktype AS lock_type, left(w.query, 500) AS query
  FROM pg_stat_activity w
  JOIN pg_locks l ON l.pid = w.pid AND NOT l.granted
 WHERE w.wait_event_type = 'Lock' AND w.datname = current_database()
 ORDER BY w.query_start LIMIT 50`;

const Roots = z.array(
  z.object({
    pid: z.int(),
    backend_start: z.string().nullable(),
    query_start: z.string().nullable(),
    role: z.string().nullable(),
    application: z.string().nullable(),
    client: z.string().nullable(),
    backend_type: z.string().nullable(),
    state: z.string().nullable(),
    query: z.string().nullable(),
    transaction_seconds: z.int().nullable(),
    in_state_seconds: z.int().nullable(),
    blocked_sessions: z.int(),
    chain_depth: z.int(),
    waiters: z.array(z.int()),
    longest_wait_seconds: z.int().nullable(),
    held_modes: z.array(z.string()).nullable(),
    wanted_locks: z.array(z.string()).nullable(),
    advisory_locks: z.int(),
  }),
);
const Waiters = z.array(
  z.object({
    pid: z.int(),
    backend_start: z.string(),
    query_start: z.string().nullable(),
    role: z.string(),
    application: z.string(),
    client: z.string().nullable(),
    waiting_seconds: Numeric,
    blocked_by: z.array(z.int()),
    wanted_mode: z.string(),
    wanted_on: z.string(),
    lock_type: z.string(),
    query: z.string().nullable(),
  }),
);

export interface RootBlocker {
  /** 0: a prepared transaction, which has no session. */
  readonly pid: number;
  readonly backendStart: string | null;
  /** Of its present or last statement. */
  readonly queryStart: string | null;
  readonly role: string | null;
  readonly application: string | null;
  readonly client: string | null;
  readonly backendType: string | null;
  readonly state: string | null;
  readonly query: string;
  readonly transactionSeconds: number;
  readonly inStateSeconds: number;
  readonly blockedSessions: number;
  readonly chainDepth: number;
  readonly waiters: readonly number[];
  readonly longestWaitSeconds: number;
  /** Modes that it holds on the relations that others wait for. */
  readonly heldModes: readonly string[];
  readonly wantedLocks: readonly string[];
  readonly advisoryLocks: number;
}

export interface LockWaiter {
  readonly pid: number;
  readonly backendStart: string;
  readonly queryStart: string | null;
  readonly role: string;
  readonly application: string;
  /** Where it is connected from; null: a local socket. */
  readonly client: string | null;
  readonly waitingSeconds: number;
  readonly blockedBy: readonly number[];
  readonly wantedMode: string;
  readonly wantedOn: string;
  readonly lockType: string;
  readonly query: string;
}

export interface Locks {
  readonly roots: readonly RootBlocker[];
  readonly waiters: readonly LockWaiter[];
}

export const locks = defineSource<Locks>({
  id: 'pg.locks',
  title: 'Who waits for whom',
  permission: READ_ALL_STATS,
  asked: (target) => psql(target, ROOTS, WAITERS),
  async collect(context) {
    const [roots, waiters] = await askActivity(context, ROOTS, WAITERS);
    const data: Locks = {
      roots: parseAnswer(Roots, roots, 'The answer about root blockers').map(root),
      waiters: parseAnswer(Waiters, waiters, 'The answer about waiting sessions').map(waiter),
    };
    return { data, complete: true };
  },
});

function root(row: z.output<typeof Roots>[number]): RootBlocker {
  return {
    pid: row.pid,
    backendStart: row.backend_start,
    queryStart: row.query_start,
    role: row.role,
    application: row.application,
    client: row.client,
    backendType: row.backend_type,
    state: row.state,
    query: row.query ?? '',
    transactionSeconds: row.transaction_seconds ?? 0,
    inStateSeconds: row.in_state_seconds ?? 0,
    blockedSessions: row.blocked_sessions,
    chainDepth: row.chain_depth,
    waiters: row.waiters,
    longestWaitSeconds: row.longest_wait_seconds ?? 0,
    heldModes: row.held_modes ?? [],
    wantedLocks: row.wanted_locks ?? [],
    advisoryLocks: row.advisory_locks,
  };
}

function waiter(row: z.output<typeof Waiters>[number]): LockWaiter {
  return {
    pid: row.pid,
    backendStart: row.backend_start,
    queryStart: row.query_start,
    role: row.role,
    application: row.application,
    client: row.client,
    waitingSeconds: row.waiting_seconds,
    blockedBy: row.blocked_by,
    wantedMode: row.wanted_mode,
    wantedOn: row.wanted_on,
    lockType: row.lock_type,
    query: row.query ?? '',
  };
}
