import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { idLiteral, instant, secondsSince, value } from './application-sql.ts';
import { type ApplicationTable, askTable, type TableReading } from './application-tables.ts';
import { executionsInQuestion } from './deployment-state.ts';

/** As many overdue approvals can be expired at once. */
const MOST = 50;
/** How far back requests are looked at for impossible times, seconds. */
const DAY = 86_400;
/** A request this far in the future was written by a clock, or a time zone, that is wrong; seconds. */
const FUTURE = 300;

const Counts = z
  .array(
    z.object({
      pending: z.int(),
      overdue: z.int(),
      past_grace: z.int(),
      most_overdue_s: z.number().nullable(),
      requested_in_window: z.int(),
      last_requested_s: z.number().nullable(),
      last_expired_s: z.number().nullable(),
      ends_before_begin: z.int(),
      in_future: z.int(),
      furthest_future_s: z.number().nullable(),
    }),
  )
  .length(1);
const Row = z.object({
  execution: z.string(),
  row_version: z.string(),
  status: z.string(),
  environment: z.string().nullable(),
  module: z.string().nullable(),
  version: z.string().nullable(),
  requested_at: z.string().nullable(),
  timeout_at: z.string().nullable(),
  overdue_s: z.number().nullable(),
  responded_s: z.number().nullable(),
});
const Rows = z.array(Row);

export interface Approval {
  readonly executionId: string;
  /** Changes with each change of the row. */
  readonly rowVersion: string;
  readonly status: string;
  readonly environment: string | null;
  /** Module and version. */
  readonly what: string;
  readonly requestedAt: string | null;
  readonly timeoutAt: string | null;
  /** Since its time ran out; negative: it has time left. */
  readonly overdueSeconds: number | null;
  /** Since it was answered. */
  readonly respondedSeconds: number | null;
}

export interface Approvals {
  readonly pending: number;
  readonly overdue: number;
  readonly pastGrace: number;
  readonly mostOverdueSeconds: number | null;
  readonly windowSeconds: number;
  readonly requestedInWindow: number;
  readonly lastRequestedSeconds: number | null;
  readonly lastExpiredSeconds: number | null;
  /** Of the last day: their time ends before they were asked for. */
  readonly endBeforeBegin: number;
  /** Asked for in the future. */
  readonly inFuture: number;
  readonly furthestFutureSeconds: number | null;
  /** The type of the column of times: without a zone, each writer may mean another one. */
  readonly timeType: string;
  /** Pending ones past the grace, the most overdue first. */
  readonly late: readonly Approval[];
  /** Those of the executions in question. */
  readonly asked: readonly (Approval & {
    /** The service says that the deployment still waits for it. */
    readonly waits: boolean;
  })[];
}

/** Approvals that wait, and those whose time has run out. */
export const approvals = defineSource<TableReading<Approvals>>({
  id: 'pg.approvals',
  title: 'Approvals',
  permission: 'GRANT SELECT ON the table of approvals TO the role of the bot',
  asked: (target) => psql(target, `SELECT status, count(*) FROM ${target.application.approvalsTable} GROUP BY status`),
  async collect(context) {
    const inQuestion = await executionsInQuestion(context);
    const { reading, asked } = await askTable<Approvals>(context, {
      kind: 'approvals',
      needs: ['deploymentexecutionid', 'status', 'timeoutat', 'requestedat'],
      statements: (table) =>
        statements(
          context,
          inQuestion.map(({ executionId }) => executionId),
          table,
        ),
      parse: ([counts, late, ofQuestion], table) => ({
        ...normaliseCounts(counts),
        windowSeconds: context.windowSeconds,
        timeType: table.columns.timeoutat?.type ?? '',
        late: parseAnswer(Rows, late, 'The answer about overdue approvals').map(normaliseApproval),
        asked: parseAnswer(Rows, ofQuestion ?? [], 'The answer about some approvals').map((row) => ({
          ...normaliseApproval(row),
          waits: inQuestion.some(({ executionId, waits }) => waits && executionId === row.execution),
        })),
      }),
    });
    return { data: reading, complete: true, asked: psql(context.target, ...asked) };
  },
});

/** The youngest requests, whatever became of them: for people to look at. E-mail addresses are not read. */
export const recentApprovals = defineSource<TableReading<readonly Approval[]>>({
  id: 'pg.approvals_recent',
  title: 'Latest approvals',
  permission: 'GRANT SELECT ON the table of approvals TO the role of the bot',
  asked: (target) => psql(target, `SELECT * FROM ${target.application.approvalsTable} ORDER BY requested_at DESC LIMIT 10`),
  async collect(context) {
    const { reading, asked } = await askTable<readonly Approval[]>(context, {
      kind: 'approvals',
      needs: ['deploymentexecutionid', 'status', 'requestedat'],
      statements: (table) => [`${select(table)} ORDER BY ${secondsSince(table, 'requestedat')} LIMIT 10`],
      parse: ([rows]) => parseAnswer(Rows, rows, 'The answer about the latest approvals').map(normaliseApproval),
    });
    return { data: reading, complete: true, asked: psql(context.target, ...asked) };
  },
});

function select(table: ApplicationTable): string {
  return `
SELECT ${value(table, 'deploymentexecutionid', 'text')} AS execution, t.xmin::text AS row_version, ${value(table, 'status', 'text')} AS status,
       ${value(table, 'targetenvironment', 'text')} AS environment, ${value(table, 'modulename', 'text')} AS module,
       ${value(table, 'moduleversion', 'text')} AS version, ${instant(table, 'requestedat')} AS requested_at,
       ${instant(table, 'timeoutat')} AS timeout_at, ${secondsSince(table, 'timeoutat')} AS overdue_s,
       ${secondsSince(table, 'respondedat')} AS responded_s
  FROM ${table.sql} t`;
}

function statements(
  { thresholds, windowSeconds }: SourceContext,
  inQuestion: readonly string[],
  table: ApplicationTable,
): readonly string[] {
  const since = (key: string) => secondsSince(table, key);
  const is = (status: string) => `${value(table, 'status', 'text')} = '${status}'`;
  const late = (seconds: number) => `${is('Pending')} AND ${since('timeoutat')} >= ${seconds}`;
  const counts = `
SELECT count(*) FILTER (WHERE ${is('Pending')})::int AS pending, count(*) FILTER (WHERE ${late(0)})::int AS overdue,
       count(*) FILTER (WHERE ${late(thresholds.approvalGraceSeconds)})::int AS past_grace,
       max(${since('timeoutat')}) FILTER (WHERE ${late(0)}) AS most_overdue_s,
       count(*) FILTER (WHERE ${since('requestedat')} BETWEEN 0 AND ${windowSeconds})::int AS requested_in_window,
       min(${since('requestedat')}) AS last_requested_s, min(${since('respondedat')}) FILTER (WHERE ${is('Expired')}) AS last_expired_s,
       count(*) FILTER (WHERE ${since('timeoutat')} > ${since('requestedat')} AND ${since('requestedat')} < ${DAY})::int AS ends_before_begin,
       count(*) FILTER (WHERE ${since('requestedat')} < -${FUTURE})::int AS in_future,
       -min(${since('requestedat')}) FILTER (WHERE ${since('requestedat')} < -${FUTURE}) AS furthest_future_s
  FROM ${table.sql} t`;
  const overdue = `${select(table)}\n WHERE ${late(thresholds.approvalGraceSeconds)} ORDER BY ${since('timeoutat')} DESC LIMIT ${MOST}`;
  if (inQuestion.length === 0) return [counts, overdue];
  const ofQuestion = `${select(table)}\n WHERE ${value(table, 'deploymentexecutionid', 'text')} IN (${inQuestion.map(idLiteral).join(', ')}) LIMIT ${MOST}`;
  return [counts, overdue, ofQuestion];
}

function normaliseCounts(answer: unknown) {
  const [row] = parseAnswer(Counts, answer, 'The answer about approvals');
  if (row === undefined) throw new Error('a checked list of one row has none');
  return {
    pending: row.pending,
    overdue: row.overdue,
    pastGrace: row.past_grace,
    mostOverdueSeconds: row.most_overdue_s,
    requestedInWindow: row.requested_in_window,
    lastRequestedSeconds: row.last_requested_s,
    lastExpiredSeconds: row.last_expired_s,
    endBeforeBegin: row.ends_before_begin,
    inFuture: row.in_future,
    furthestFutureSeconds: row.furthest_future_s,
  };
}

function normaliseApproval(row: z.output<typeof Row>): Approval {
  return {
    executionId: row.execution,
    rowVersion: row.row_version,
    status: row.status,
    environment: row.environment,
    what: [row.module, row.version].filter((part) => part !== null).join(' '),
    requestedAt: row.requested_at,
    timeoutAt: row.timeout_at,
    overdueSeconds: row.overdue_s,
    respondedSeconds: row.responded_s,
  };
}
