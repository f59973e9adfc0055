import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { instant, secondsSince, value } from './application-sql.ts';
import { type ApplicationTable, askTable, type TableReading } from './application-tables.ts';

/** More than this are counted and not named. */
const NAMED = 5;

const Live = z.object({ id: z.string().nullable(), deployment: z.string().nullable(), instance: z.string().nullable() });
const Row = z.object({
  pending: z.int(),
  overdue: z.int(),
  oldest_overdue_s: z.number().nullable(),
  running: z.int(),
  live: z.int(),
  live_sample: z.array(Live).nullable(),
  will_retry: z.int(),
  last_claimed_s: z.number().nullable(),
  last_completed_s: z.number().nullable(),
});
const Answer = z.array(Row).length(1);

/** A running job whose lock has not run out; null: the table does not say. */
export type LiveJob = z.infer<typeof Live>;

export interface JobQueue {
  readonly pending: number;
  /** Those that should have been claimed by now. */
  readonly overdue: number;
  readonly oldestOverdueSeconds: number | null;
  readonly running: number;
  /** Those of the running ones whose lock has not run out. */
  readonly live: number;
  /** The first few of those, by when they were claimed. */
  readonly liveSample: readonly LiveJob[];
  readonly willRetry: number;
  /** Null: nothing was ever claimed, or the table does not say. */
  readonly lastClaimedSeconds: number | null;
  readonly lastCompletedSeconds: number | null;
}

/** How the queue of jobs does as a whole. */
export const jobQueue = defineSource<TableReading<JobQueue>>({
  id: 'pg.job_queue',
  title: 'Queue of jobs',
  permission: 'GRANT SELECT ON the table of jobs TO the role of the bot',
  asked: (target) => psql(target, `SELECT status, count(*) FROM ${target.application.jobsTable} GROUP BY status`),
  async collect(context) {
    const { reading, asked } = await askTable<JobQueue>(context, {
      kind: 'jobs',
      needs: ['status', 'lockeduntil'],
      statements: (table) => [statement(context, table)],
      parse: ([rows]) => {
        const [row] = parseAnswer(Answer, rows, 'The answer about the queue');
        if (row === undefined) throw new Error('a checked list of one row has none');
        return {
          pending: row.pending,
          overdue: row.overdue,
          oldestOverdueSeconds: row.oldest_overdue_s,
          running: row.running,
          live: row.live,
          liveSample: row.live_sample ?? [],
          willRetry: row.will_retry,
          lastClaimedSeconds: row.last_claimed_s,
          lastCompletedSeconds: row.last_completed_s,
        };
      },
    });
    return { data: reading, complete: true, asked: psql(context.target, ...asked) };
  },
});

function statement({ thresholds }: SourceContext, table: ApplicationTable): string {
  const since = (key: string) => secondsSince(table, key);
  const is = (status: string) => `${value(table, 'status', 'text')} = '${status}'`;
  const retries = `COALESCE(${value(table, 'retrycount', 'int')} < ${value(table, 'maxretries', 'int')}, true)`;
  const overdue = `${is('Pending')} AND ${since('createdat')} > ${thresholds.jobOverdueSeconds} AND COALESCE(${since('nextretryat')}, 0) >= 0 AND ${retries}`;
  const live = `${is('Running')} AND ${since('lockeduntil')} < 0`;
  const [id, deployment, instance] = ['id', 'deploymentid', 'processinginstance'].map((key) => value(table, key, 'text'));
  const named = `json_build_object('id', ${id}, 'deployment', ${deployment}, 'instance', ${instance})`;
  const sample = `to_json((array_agg(${named} ORDER BY ${instant(table, 'startedat')}, ${id}) FILTER (WHERE ${live}))[1:${NAMED}])`;
  return `
SELECT count(*) FILTER (WHERE ${is('Pending')})::int AS pending, count(*) FILTER (WHERE ${overdue})::int AS overdue,
       max(${since('createdat')}) FILTER (WHERE ${overdue}) AS oldest_overdue_s,
       count(*) FILTER (WHERE ${is('Running')})::int AS running, count(*) FILTER (WHERE ${live})::int AS live,
       ${sample} AS live_sample,
       count(*) FILTER (WHERE ${is('Failed')} AND ${retries})::int AS will_retry,
       min(${since('startedat')}) AS last_claimed_s, min(${since('completedat')}) AS last_completed_s
  FROM ${table.sql} t`;
}
