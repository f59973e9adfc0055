import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { secondsSince, value } from './application-sql.ts';
import { type ApplicationTable, askTable, type TableReading } from './application-tables.ts';

const Row = z.object({
  pending: z.int(),
  overdue: z.int(),
  oldest_overdue_s: z.number().nullable(),
  running: z.int(),
  live: z.int(),
  will_retry: z.int(),
  last_claimed_s: z.number().nullable(),
  last_completed_s: z.number().nullable(),
});
const Answer = z.array(Row).length(1);

export interface JobQueue {
  readonly pending: number;
  /** Those that should have been claimed by now. */
  readonly overdue: number;
  readonly oldestOverdueSeconds: number | null;
  readonly running: number;
  /** Those of the running ones whose lock has not run out. */
  readonly live: number;
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
  return `
SELECT count(*) FILTER (WHERE ${is('Pending')})::int AS pending, count(*) FILTER (WHERE ${overdue})::int AS overdue,
       max(${since('createdat')}) FILTER (WHERE ${overdue}) AS oldest_overdue_s,
       count(*) FILTER (WHERE ${is('Running')})::int AS running, count(*) FILTER (WHERE ${live})::int AS live,
       count(*) FILTER (WHERE ${is('Failed')} AND ${retries})::int AS will_retry,
       min(${since('startedat')}) AS last_claimed_s, min(${since('completedat')}) AS last_completed_s
  FROM ${table.sql} t`;
}
