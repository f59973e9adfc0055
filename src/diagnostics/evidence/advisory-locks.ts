import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { askActivity, BACKEND_START, READ_ALL_STATS } from './sql.ts';

const SQL = `
SELECT l.pid, ${BACKEND_START('a')} AS backend_start, coalesce(a.usename, '') AS role, coalesce(a.application_name, '') AS application,
       host(a.client_addr) AS client, coalesce(a.state, '') AS state, l.mode, l.granted,
       CASE l.objsubid WHEN 1 THEN ((l.classid::bigint << 32) | l.objid::bigint)::text ELSE l.classid || ',' || l.objid END AS key,
       extract(epoch FROM clock_timestamp() - a.state_change)::int AS in_state_seconds
  FROM pg_locks l JOIN pg_stat_activity a USING (pid)
 WHERE l.locktype = 'advisory' AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
 ORDER BY in_state_seconds DESC NULLS LAST LIMIT 50`;

const Answer = z.array(
  z.object({
    pid: z.int(),
    backend_start: z.string(),
    role: z.string(),
    application: z.string(),
    client: z.string().nullable(),
    state: z.string(),
    mode: z.string(),
    granted: z.boolean(),
    key: z.string(),
    in_state_seconds: z.int().nullable(),
  }),
);

export interface AdvisoryLock {
  readonly pid: number;
  readonly backendStart: string;
  readonly role: string;
  readonly application: string;
  readonly client: string | null;
  readonly state: string;
  readonly mode: string;
  readonly granted: boolean;
  readonly key: string;
  readonly inStateSeconds: number;
}

/** Advisory locks of this database. The application polls for them, so contention never shows as a waiting lock. */
export const advisoryLocks = defineSource<readonly AdvisoryLock[]>({
  id: 'pg.advisory',
  title: 'Advisory locks',
  permission: READ_ALL_STATS,
  asked: (target) => psql(target, SQL),
  async collect(context) {
    const [rows] = await askActivity(context, SQL);
    const data = parseAnswer(Answer, rows, 'The answer about advisory locks').map(({ backend_start, in_state_seconds, ...row }) => ({
      ...row,
      backendStart: backend_start,
      inStateSeconds: in_state_seconds ?? 0,
    }));
    return { data, complete: true };
  },
});
