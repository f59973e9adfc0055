import pg from 'pg';
import { z } from 'zod';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { psql } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';

/** The table of jobs, whatever the application's mapper calls it: deployment_jobs or "DeploymentJobs". */
const RESOLVE = `
SELECT n.nspname AS schema, c.relname AS table,
       (SELECT json_object_agg(lower(replace(a.attname, '_', '')), json_build_object('name', a.attname, 'type', format_type(a.atttypid, -1)))
          FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname NOT IN ('pg_catalog', 'information_schema')
 WHERE lower(replace(c.relname, '_', '')) = 'deploymentjobs' AND c.relkind IN ('r', 'p')
 ORDER BY n.nspname LIMIT 1`;

const Column = z.object({ name: z.string(), type: z.string() });
const Resolved = z.object({ schema: z.string(), table: z.string(), columns: z.record(z.string(), Column) });
const Counted = z.object({ live: z.int() });

interface LiveJobs {
  /** Jobs that a pod is working on under a lock that has not run out. */
  readonly live: number;
}

/** Jobs that a restart would orphan. */
export const liveJobs = defineSource<LiveJobs>({
  id: 'fix.live-jobs',
  title: 'Jobs under way',
  permission: 'GRANT SELECT ON public.deployment_jobs TO the reading role',
  asked: (target) =>
    psql(target, countStatement('public', 'deployment_jobs', 'status', { name: 'locked_until', type: 'timestamp with time zone' })),
  async collect({ clients, signal }) {
    const [raw] = await clients.postgres.query(RESOLVE, signal);
    if (raw === undefined) return { data: { live: 0 }, complete: true };
    const { schema, table, columns } = parseAnswer(Resolved, raw, 'The table of jobs');
    const { status, lockeduntil: lockedUntil } = columns;
    if (status === undefined || lockedUntil === undefined) {
      const gap = {
        reason: 'invalid-response' as const,
        message: `${schema}.${table} has no status and lock columns.`,
        mend: 'Look whether jobs are running, and say so in the form.',
      };
      return { data: { live: 0 }, complete: false, gap };
    }
    const [counted] = await clients.postgres.query(countStatement(schema, table, status.name, lockedUntil), signal);
    return { data: parseAnswer(Counted, counted, 'The number of jobs'), complete: true };
  },
});

function countStatement(schema: string, table: string, status: string, lockedUntil: z.infer<typeof Column>): string {
  const now = lockedUntil.type.includes('without time zone') ? "timezone('UTC', clock_timestamp())" : 'clock_timestamp()';
  const name = (identifier: string) => pg.escapeIdentifier(identifier);
  return `SELECT count(*)::int AS live FROM ${name(schema)}.${name(table)} WHERE ${name(status)} = 'Running' AND ${name(lockedUntil.name)} > ${now}`;
}
