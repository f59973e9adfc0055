import type { Permission, VerbNeeds } from './types.ts';

const fixRole = (...rights: string[]): Permission[] => rights.map((right) => ({ kind: 'postgres', role: 'hotswap_bot_fix', right }));
const jobs = 'public.deployment_jobs';
const approvals = 'public.approval_requests';
const jobRights = fixRole(
  'USAGE ON SCHEMA public',
  `SELECT ON ${jobs}`,
  `UPDATE (status, locked_until, completed_at, retry_count, next_retry_at, error_message) ON ${jobs}`,
);
const owner = (right: string): Permission => ({ kind: 'postgres', role: 'owner', right });

export const POSTGRES_NEEDS = {
  'pg.terminate': {
    calls: [
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity, where pid, backend_start, role, state, idle time and advisory locks fit',
    ],
    permissions: fixRole('pg_read_all_stats', 'pg_signal_backend'),
  },
  'pg.cancel': {
    calls: ['SELECT pg_cancel_backend(pid) FROM pg_stat_activity, where pid, backend_start, query_start, role and time fit'],
    permissions: fixRole('pg_read_all_stats', 'pg_signal_backend'),
  },
  'pg.create_index': {
    calls: [
      'CREATE INDEX CONCURRENTLY',
      'SELECT … FROM pg_index and pg_stat_progress_create_index',
      'SELECT pg_cancel_backend(pid), of its own build alone',
    ],
    permissions: [owner('CREATE INDEX on the table, as its owner')],
  },
  'pg.drop_index': {
    calls: ['DROP INDEX CONCURRENTLY, where name and oid are those of the index', 'SELECT … FROM pg_index'],
    permissions: [owner('DROP INDEX of the index, as its owner')],
  },
  'pg.drop_invalid_index': {
    calls: [
      'DROP INDEX CONCURRENTLY, where name and oid are those of an invalid index that nobody builds',
      'SELECT … FROM pg_index and pg_locks',
    ],
    permissions: [owner('DROP INDEX of the index, as its owner')],
  },
  'pg.analyze': {
    calls: ['ANALYZE (SKIP_LOCKED) of one table', 'SELECT last_analyze FROM pg_stat_all_tables'],
    permissions: [owner('ANALYZE of the table, as its owner, or with MAINTAIN on it (PostgreSQL 17 and later)')],
  },
  'pg.job_fail': {
    calls: ['UPDATE of one row of the table of jobs, where id, xmin, status, lock and age fit', 'SELECT … FROM the same row'],
    permissions: jobRights,
  },
  'pg.job_requeue': {
    calls: ['UPDATE of one row of the table of jobs, where id, xmin, status, lock, age and attempts fit', 'SELECT … FROM the same row'],
    permissions: jobRights,
  },
  'pg.job_restore': {
    calls: ['UPDATE of one row of the table of jobs, where id and xmin are those that the fix left', 'SELECT … FROM the same row'],
    permissions: jobRights,
  },
  'pg.approvals_expire': {
    calls: [
      'UPDATE of up to 50 rows of the table of approvals, where id, xmin, status and time fit; rolled back unless it is all of them',
      'SELECT … FROM the same rows',
    ],
    permissions: fixRole(
      'USAGE ON SCHEMA public',
      `SELECT ON ${approvals}`,
      `UPDATE (status, responded_at, response_reason, updated_at) ON ${approvals}`,
    ),
  },
} satisfies Readonly<Record<string, VerbNeeds>>;
