import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { idLiteral, instant, secondsSince, value } from './application-sql.ts';
import { type ApplicationTable, type ApplicationTables, askTable, type TableReading } from './application-tables.ts';
import { executionsInQuestion } from './deployment-state.ts';

const MOST = 50;

const Row = z.object({
  id: z.string(),
  deployment: z.string(),
  status: z.string(),
  row_version: z.string(),
  instance: z.string().nullable(),
  started_at: z.string().nullable(),
  age_s: z.number().nullable(),
  lock_ran_out_s: z.number().nullable(),
  completed_s: z.number().nullable(),
  next_retry_s: z.number().nullable(),
  retries: z.int().nullable(),
  most_retries: z.int().nullable(),
  error: z.string().nullable(),
  approval_pending: z.boolean().nullable(),
});
const Answer = z.array(Row);

export interface Job {
  readonly id: string;
  /** The deployment's execution id. */
  readonly deploymentId: string;
  readonly status: string;
  /** Changes with each change of the row. */
  readonly rowVersion: string;
  /** The name of the pod that claimed it; null: nobody did, or the table does not say. */
  readonly instance: string | null;
  /** ISO 8601; null: not yet, or the table does not say. */
  readonly startedAt: string | null;
  /** Since it was claimed, else since it was made. */
  readonly ageSeconds: number | null;
  /** Since its lock ran out; negative: the lock is live. Null: it has no lock. */
  readonly lockRanOutSeconds: number | null;
  readonly completedSeconds: number | null;
  /** Until it is tried again; negative: that time has passed. */
  readonly retryInSeconds: number | null;
  readonly retries: number | null;
  readonly mostRetries: number | null;
  readonly error: string | null;
  /** Whether an approval of the same execution is pending; null: that could not be looked up. */
  readonly approvalPending: boolean | null;
}

interface Jobs {
  /** Whether the table has what says whose job a row is. */
  readonly namesWorkers: boolean;
  readonly jobs: readonly Job[];
  /** Executions in question that have no row. */
  readonly withoutRow: readonly string[];
}

/** Jobs that run, those that have just failed or wait to be tried again, and the one that was asked about. */
export const jobs = defineSource<TableReading<Jobs>>({
  id: 'pg.jobs',
  title: 'Jobs of deployments',
  permission: 'GRANT SELECT ON the table of jobs TO the role of the bot',
  asked: (target) => psql(target, `SELECT * FROM ${target.application.jobsTable} WHERE status = 'Running' LIMIT ${MOST}`),
  async collect(context) {
    const inQuestion = (await executionsInQuestion(context)).map(({ executionId }) => executionId);
    const { reading, asked } = await askTable<Jobs>(context, {
      kind: 'jobs',
      needs: ['id', 'deploymentid', 'status', 'lockeduntil'],
      statements: (table, all) => [statement(context, inQuestion, table, all)],
      parse: ([rows], table) => {
        const found = parseAnswer(Answer, rows, 'The answer about jobs').map(normalise);
        return {
          namesWorkers: table.columns.processinginstance !== undefined && table.columns.startedat !== undefined,
          jobs: found,
          withoutRow: inQuestion.filter((id) => !found.some(({ deploymentId }) => deploymentId === id)),
        };
      },
    });
    const result = { data: reading, asked: psql(context.target, ...asked) };
    if (reading.state !== 'read' || reading.data.jobs.length < MOST) return { ...result, complete: true };
    const gap = {
      reason: 'invalid-response' as const,
      message: `There are more than ${MOST} such jobs; the others were not read.`,
      mend: '',
    };
    return { ...result, complete: false, gap };
  },
});

function statement(
  { thresholds }: SourceContext,
  inQuestion: readonly string[],
  table: ApplicationTable,
  { approvals }: ApplicationTables,
): string {
  const id = value(table, 'deploymentid', 'text');
  const asked = inQuestion.length === 0 ? undefined : `${id} IN (${inQuestion.map(idLiteral).join(', ')})`;
  const status = value(table, 'status', 'text');
  const begun = `COALESCE(${secondsSince(table, 'startedat')}, ${secondsSince(table, 'createdat')})`;
  const execution = approvals?.readable === true ? approvals.columns.deploymentexecutionid : undefined;
  const state = approvals?.columns.status;
  const pending =
    approvals === undefined || execution === undefined || state === undefined
      ? 'NULL::boolean'
      : `EXISTS (SELECT 1 FROM ${approvals.sql} a WHERE a.${execution.sql}::text = ${id} AND a.${state.sql}::text = 'Pending')`;
  return `
SELECT ${value(table, 'id', 'text')} AS id, ${id} AS deployment, ${status} AS status, t.xmin::text AS row_version,
       ${value(table, 'processinginstance', 'text')} AS instance, ${instant(table, 'startedat')} AS started_at,
       ${begun} AS age_s, ${secondsSince(table, 'lockeduntil')} AS lock_ran_out_s, ${secondsSince(table, 'completedat')} AS completed_s,
       ${secondsSince(table, 'nextretryat')} AS next_retry_s, ${value(table, 'retrycount', 'int')} AS retries,
       ${value(table, 'maxretries', 'int')} AS most_retries, left(${value(table, 'errormessage', 'text')}, 300) AS error,
       ${pending} AS approval_pending
  FROM ${table.sql} t
 WHERE ${status} = 'Running'${asked === undefined ? '' : ` OR ${asked}`}
    OR (${status} = 'Failed' AND (${secondsSince(table, 'completedat')} < ${thresholds.jobFailedRecentlySeconds} OR ${secondsSince(table, 'nextretryat')} < 0))
 ORDER BY ${asked === undefined ? '' : `${asked} DESC, `}${status} = 'Running' DESC, ${begun} DESC NULLS LAST LIMIT ${MOST}`;
}

function normalise(row: z.output<typeof Row>): Job {
  return {
    id: row.id,
    deploymentId: row.deployment,
    status: row.status,
    rowVersion: row.row_version,
    instance: row.instance,
    startedAt: row.started_at,
    ageSeconds: row.age_s,
    lockRanOutSeconds: row.lock_ran_out_s,
    completedSeconds: row.completed_s,
    retryInSeconds: row.next_retry_s === null ? null : -row.next_retry_s,
    retries: row.retries,
    mostRetries: row.most_retries,
    error: row.error,
    approvalPending: row.approval_pending,
  };
}
