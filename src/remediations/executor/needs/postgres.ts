import type { Permission, VerbNeeds } from './types.ts';

const fixRole = (...rights: string[]): Permission[] => rights.map((right) => ({ kind: 'postgres', role: 'hotswap_bot_fix', right }));
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
} satisfies Readonly<Record<string, VerbNeeds>>;
