import pg from 'pg';
import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { idLiteral, secondsSince, value } from '../../diagnostics/evidence/application-sql.ts';
import { type ApplicationTable, askTable } from '../../diagnostics/evidence/application-tables.ts';
import { psql } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';

/** What a row of the table of approvals must have to be expired as the application itself does it. */
const NEEDED = ['deploymentexecutionid', 'status', 'timeoutat', 'respondedat', 'updatedat', 'responsereason'];

const Row = z.object({
  table_oid: z.string(),
  execution: z.string(),
  row_version: z.string(),
  status: z.string(),
  overdue_s: z.number().nullable(),
  environment: z.string().nullable(),
  module: z.string().nullable(),
});
const Rows = z.array(Row);

export interface ApprovalRow {
  readonly executionId: string;
  /** Changes with each change of the row. */
  readonly rowVersion: string;
  readonly status: string;
  /** Negative: it has time left. */
  readonly overdueSeconds: number | null;
  /** Environment and module, for people. */
  readonly what: string;
}

export interface ApprovalsInQuestion {
  readonly schema: string;
  readonly table: string;
  /** Null where none of the rows is there. */
  readonly tableOid: string | null;
  readonly rows: readonly ApprovalRow[];
  /** How late an approval may be without anybody being late. */
  readonly graceSeconds: number;
}

/** The approvals of these executions, as they are now; those that are gone are left out. */
export function approvalRowsSource(executionIds: readonly string[]) {
  return defineSource<ApprovalsInQuestion>({
    id: `fix.approvals.${executionIds.join(',')}`,
    title: 'Approvals in question',
    permission: 'GRANT SELECT ON the table of approvals TO the reading role',
    asked: (target) => psql(target, `SELECT xmin, * FROM ${target.application.approvalsTable} WHERE status = 'Pending'`),
    async collect(context) {
      const { reading, asked } = await askTable<Omit<ApprovalsInQuestion, 'graceSeconds'>>(context, {
        kind: 'approvals',
        needs: NEEDED,
        statements: (table) => [statement(executionIds, table)],
        parse: ([rows], { schema, name }) => {
          const found = parseAnswer(Rows, rows, 'The approvals in question');
          return { schema, table: name, tableOid: found[0]?.table_oid ?? null, rows: found.map(normalise) };
        },
      });
      if (reading.state === 'absent') throw new ReadError('not-found', `There is no table like ${reading.table}.`);
      if (reading.state === 'locked')
        throw new ReadError('timeout', `Table ${reading.table} is locked, so the approvals could not be read.`, {
          mend: 'Run `/hotswap diagnose latency`: it names who holds the lock.',
        });
      const { approvalGraceSeconds: graceSeconds } = context.thresholds;
      return { data: { ...reading.data, graceSeconds }, complete: true, asked: psql(context.target, ...asked) };
    },
  });
}

function statement(executionIds: readonly string[], table: ApplicationTable): string {
  const id = value(table, 'deploymentexecutionid', 'text');
  return `
SELECT ${pg.escapeLiteral(table.sql)}::regclass::oid::text AS table_oid, ${id} AS execution, t.xmin::text AS row_version,
       ${value(table, 'status', 'text')} AS status, ${secondsSince(table, 'timeoutat')} AS overdue_s,
       ${value(table, 'targetenvironment', 'text')} AS environment, ${value(table, 'modulename', 'text')} AS module
  FROM ${table.sql} t
 WHERE ${id} IN (${executionIds.map(idLiteral).join(', ')})
 ORDER BY ${id}`;
}

function normalise(row: z.output<typeof Row>): ApprovalRow {
  return {
    executionId: row.execution,
    rowVersion: row.row_version,
    status: row.status,
    overdueSeconds: row.overdue_s,
    what: [row.environment, row.module].filter((part) => part !== null).join(', '),
  };
}
