import { z } from 'zod';
import type { InTransaction, Relation, RowTable } from './postgres-rows-write.ts';
import { WriteRefusedError } from './write-errors.ts';

/** Rows by their own identity: a version (xmin) changes with every change of the row. */
export interface ApprovalRows extends Relation {
  readonly rows: readonly { readonly executionId: string; readonly rowVersion: string }[];
  /** Their time must have run out this long ago. Seconds. */
  readonly graceSeconds: number;
}

const State = z.object({ execution: z.string(), fits: z.boolean(), reason: z.string().nullable() });
const States = z.array(State);
const Changed = z.array(z.object({ execution: z.string() }));

export interface ApprovalState {
  readonly executionId: string;
  /** Whether it still is what the plan was made for: that version, pending, its time long over. */
  readonly fits: boolean;
  /** Whether its reason is the one that was given. */
  readonly noted: boolean;
}

/** What the executor may do with rows of the table of approvals. */
export interface ApprovalWriter {
  /**
   * The rows as they are; those that are gone are left out.
   * @throws WriteRefusedError where the executor's role could not change them.
   */
  look(rows: ApprovalRows, reason: string): Promise<readonly ApprovalState[]>;
  /**
   * Expires exactly these rows in one transaction, or none of them.
   * @throws WriteRefusedError naming those that are no longer what was planned for.
   */
  expire(rows: ApprovalRows, reason: string): Promise<void>;
}

const CHANGED = ['status', 'respondedat', 'updatedat', 'responsereason'] as const;

export function approvalWriter(inTransaction: InTransaction): ApprovalWriter {
  const valuesOf = ({ rows, graceSeconds }: ApprovalRows) => [
    rows.map(({ executionId }) => executionId),
    rows.map(({ rowVersion }) => rowVersion),
    graceSeconds,
  ];
  return {
    look: (rows, reason) =>
      inTransaction(rows, async (table, ask) => {
        table.mayUpdate(CHANGED);
        const sql = `
SELECT w.id AS execution, coalesce(t.xmin::text = w.row_version AND ${isOverdue(table)}, false) AS fits,
       t.${table.column('responsereason').sql} AS reason
  FROM ${table.sql} t JOIN ${wanted(table)}`;
        const found = States.parse(await ask(sql, valuesOf(rows)));
        // A column of limited length holds the beginning alone.
        const isOurs = (held: string | null) => held !== null && held !== '' && reason.startsWith(held);
        return found.map(({ execution, fits, reason: held }) => ({ executionId: execution, fits, noted: isOurs(held) }));
      }),
    expire: (rows, reason) =>
      inTransaction(rows, async (table, ask) => {
        table.mayUpdate(CHANGED);
        const id = table.column('deploymentexecutionid').sql;
        // Locked in one order, so that two who change the same rows cannot wait for each other.
        const sql = `
WITH pre AS (
  SELECT t.${id} AS id, w.id AS execution FROM ${table.sql} t JOIN ${wanted(table)}
   WHERE t.xmin::text = w.row_version AND ${isOverdue(table)}
   ORDER BY w.id FOR UPDATE OF t
)
UPDATE ${table.sql} t SET ${setExpired(table)} FROM pre WHERE t.${id} = pre.id
RETURNING pre.execution AS execution`;
        const changed = new Set(Changed.parse(await ask(sql, [...valuesOf(rows), reason])).map(({ execution }) => execution));
        const others = rows.rows.filter(({ executionId }) => !changed.has(executionId)).map(({ executionId }) => executionId);
        if (others.length === 0) return;
        throw new WriteRefusedError(
          'precondition',
          `${others.length} of ${rows.rows.length} approvals have changed or are gone (${others.slice(0, 3).join(', ')}); none was expired.`,
        );
      }),
  };
}

function wanted(table: RowTable): string {
  const id = table.column('deploymentexecutionid');
  return `unnest($1::text[], $2::text[]) AS w(id, row_version) ON t.${id.sql} = CAST(w.id AS ${id.type})`;
}

function isOverdue(table: RowTable): string {
  return `t.${table.column('status').sql}::text = 'Pending'
   AND t.${table.column('timeoutat').sql} <= clock_timestamp() - make_interval(secs => $3::float8)`;
}

function setExpired(table: RowTable): string {
  const reason = table.column('responsereason');
  const text = reason.length === null ? '$4::text' : `left($4::text, ${reason.length})`;
  return [
    `${table.column('status').sql} = CAST('Expired' AS ${table.column('status').type})`,
    `${table.column('respondedat').sql} = clock_timestamp()`,
    `${table.column('updatedat').sql} = clock_timestamp()`,
    `${reason.sql} = ${text}`,
  ].join(', ');
}
