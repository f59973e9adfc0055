import pg from 'pg';
import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import type { Thresholds } from '../../config/thresholds.ts';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { idLiteral, instant, secondsSince, value } from '../../diagnostics/evidence/application-sql.ts';
import { type ApplicationTable, type ApplicationTables, askTable } from '../../diagnostics/evidence/application-tables.ts';
import { deployment } from '../../diagnostics/evidence/deployment.ts';
import { workerOf } from '../../diagnostics/evidence/job-traces.ts';
import { pods } from '../../diagnostics/evidence/pods.ts';
import type { Worker } from '../../diagnostics/rules/job-classes.ts';
import { psql } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';

/** What a row of the table of jobs must have for its fixes to be safe. */
const NEEDED = [
  ...['id', 'deploymentid', 'status', 'lockeduntil', 'startedat', 'processinginstance'],
  ...['completedat', 'retrycount', 'maxretries', 'nextretryat', 'errormessage'],
];

const Row = z.object({
  table_oid: z.string(),
  row_version: z.string(),
  deployment: z.string(),
  status: z.string(),
  instance: z.string().nullable(),
  started_at: z.string().nullable(),
  age_s: z.number().nullable(),
  lock_ran_out_s: z.number().nullable(),
  retries: z.int(),
  most_retries: z.int(),
  approval_pending: z.boolean().nullable(),
  locked_until: z.string().nullable(),
  completed_at: z.string().nullable(),
  next_retry_at: z.string().nullable(),
});

export interface JobRow {
  readonly schema: string;
  readonly table: string;
  readonly tableOid: string;
  /** Changes with each change of the row. */
  readonly rowVersion: string;
  readonly deploymentId: string;
  readonly status: string;
  readonly instance: string | null;
  readonly startedAt: string | null;
  readonly ageSeconds: number | null;
  /** Negative: its lock is live. Null: it has none. */
  readonly lockRanOutSeconds: number | null;
  readonly retries: number;
  readonly mostRetries: number;
  readonly approvalPending: boolean | null;
  /** As PostgreSQL writes them, exactly. */
  readonly lockedUntil: string | null;
  readonly completedAt: string | null;
  readonly nextRetryAt: string | null;
}

export interface JobInQuestion {
  readonly job: JobRow | null;
  /** The pod that claimed it, as it is now. */
  readonly worker: Worker;
  readonly limits: Pick<Thresholds, 'jobAliveSeconds' | 'jobSilentSeconds' | 'jobStuckSeconds' | 'jobLockGraceSeconds'>;
}

/** One job with exactly what a fix changes, and the pod that claimed it. */
export function jobRowSource(id: string) {
  return defineSource<JobInQuestion>({
    id: `fix.job.${id}`,
    title: `Job ${id}`,
    permission:
      'GRANT SELECT ON the tables of jobs and approvals TO the reading role; Role rule {resources: ["pods"], verbs: ["get", "list"]}',
    asked: (target) => psql(target, `SELECT xmin, * FROM ${target.application.jobsTable} WHERE id = ${pg.escapeLiteral(id)}`),
    async collect(context) {
      const { reading, asked } = await askTable<JobRow | null>(context, {
        kind: 'jobs',
        needs: NEEDED,
        statements: (table, all) => [statement(id, table, all)],
        parse: ([rows], table) => (rows?.[0] === undefined ? null : normalise(parseAnswer(Row, rows[0], `Job ${id}`), table)),
      });
      if (reading.state === 'absent') throw new ReadError('not-found', `There is no table like ${reading.table}.`);
      if (reading.state === 'locked')
        throw new ReadError('timeout', `Table ${reading.table} is locked, so the job could not be read.`, {
          mend: 'Run `/hotswap diagnose latency`: it names who holds the lock.',
        });
      const job = reading.data;
      const list = await context.require(pods);
      const { container } = (await context.require(deployment)).data;
      const worker: Worker = job === null ? { state: 'unknown' } : workerOf(job, list, container);
      const result = { data: { job, worker, limits: context.thresholds }, asked: psql(context.target, ...asked) };
      // A pod that cannot be looked at blocks the plan: whether the job is orphaned rests on it.
      return list.gap === null ? { ...result, complete: true } : { ...result, complete: false, gap: list.gap };
    },
  });
}

function statement(id: string, table: ApplicationTable, { approvals }: ApplicationTables): string {
  const deploymentId = value(table, 'deploymentid', 'text');
  const execution = approvals?.readable === true ? approvals.columns.deploymentexecutionid : undefined;
  const state = approvals?.columns.status;
  const pending =
    approvals === undefined || execution === undefined || state === undefined
      ? 'NULL::boolean'
      : `EXISTS (SELECT 1 FROM ${approvals.sql} a WHERE a.${execution.sql}::text = ${deploymentId} AND a.${state.sql}::text = 'Pending')`;
  const exactly = (key: string) => `to_json(t.${table.columns[key]?.sql ?? 'NULL'}) #>> '{}'`; // whatever the server's DateStyle is
  return `
SELECT ${pg.escapeLiteral(table.sql)}::regclass::oid::text AS table_oid, t.xmin::text AS row_version, ${deploymentId} AS deployment,
       ${value(table, 'status', 'text')} AS status, ${value(table, 'processinginstance', 'text')} AS instance,
       ${instant(table, 'startedat')} AS started_at, ${secondsSince(table, 'startedat')} AS age_s,
       ${secondsSince(table, 'lockeduntil')} AS lock_ran_out_s, ${value(table, 'retrycount', 'int')} AS retries,
       ${value(table, 'maxretries', 'int')} AS most_retries, ${pending} AS approval_pending,
       ${exactly('lockeduntil')} AS locked_until, ${exactly('completedat')} AS completed_at, ${exactly('nextretryat')} AS next_retry_at
  FROM ${table.sql} t
 WHERE ${value(table, 'id', 'text')} = ${idLiteral(id)}`;
}

function normalise(row: z.output<typeof Row>, { schema, name }: ApplicationTable): JobRow {
  return {
    schema,
    table: name,
    tableOid: row.table_oid,
    rowVersion: row.row_version,
    deploymentId: row.deployment,
    status: row.status,
    instance: row.instance,
    startedAt: row.started_at,
    ageSeconds: row.age_s,
    lockRanOutSeconds: row.lock_ran_out_s,
    retries: row.retries,
    mostRetries: row.most_retries,
    approvalPending: row.approval_pending,
    lockedUntil: row.locked_until,
    completedAt: row.completed_at,
    nextRetryAt: row.next_retry_at,
  };
}
