import { z } from 'zod';

/**
 * Who works on a table: whoever holds a lock on it that ANALYZE, or dropping an index concurrently, would have to wait for:
 * autovacuum, VACUUM, ANALYZE, index builds and changes of its definition. Locks are open to every role; progress views
 * show foreign rows only in part.
 */
export const tableWork = (oid: string) => `
COALESCE((SELECT json_agg(json_build_object('pid', w.pid, 'backendType', w.backend_type, 'query', left(w.query, 100)))
            FROM pg_stat_activity w
           WHERE w.pid IN (SELECT l.pid FROM pg_locks l
                            WHERE l.locktype = 'relation' AND l.relation = ${oid} AND l.granted AND l.pid <> pg_backend_pid()
                              AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
                              AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))), '[]')`;

export const TableWork = z.array(z.object({ pid: z.int(), backendType: z.string().nullable(), query: z.string().nullable() }));

export type TableWork = z.infer<typeof TableWork>;
