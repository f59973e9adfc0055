import { z } from 'zod';
import type { InTransaction, Relation, RowTable } from './postgres-rows-write.ts';
import { WriteRefusedError } from './write-errors.ts';

/** A row by its own identity: its version (xmin) changes with every change of it. */
export interface JobIdentity extends Relation {
  readonly id: string;
  readonly rowVersion: string;
}

/** Columns that a fix of a job changes, as they were: times as PostgreSQL writes them, with microseconds. */
export interface JobBefore {
  readonly lockedUntil: string | null;
  readonly completedAt: string | null;
  readonly nextRetryAt: string | null;
  readonly retryCount: number;
}

export interface OrphanedJob extends JobIdentity {
  /** Its lock must have run out this long ago, and it must have been claimed this long ago. Seconds. */
  readonly lockGraceSeconds: number;
  readonly minimumAgeSeconds: number;
}

const State = z.object({ row_version: z.string(), status: z.string(), fits: z.boolean(), noted: z.boolean() });
const Changed = z.array(z.object({ row_version: z.string() }));

export interface JobState {
  readonly rowVersion: string;
  readonly status: string;
  /** Whether it still is what the plan was made for: running, its lock long gone, old enough. */
  readonly fits: boolean;
  /** Whether its error text ends with the note. */
  readonly noted: boolean;
}

/** What the executor may do with one row of the table of jobs. A note is added to its error text, and tells afterwards whose work it was. */
export interface JobWriter {
  /**
   * @returns undefined where there is no such row.
   * @throws WriteRefusedError where the executor's role could not change it.
   */
  look(job: OrphanedJob, note: string): Promise<JobState | undefined>;
  /**
   * Ends a job for good: failed, without a lock, and without retries left, as one that has some is claimed again in seconds.
   * All conditions are part of the statement.
   * @returns the row's new version, or undefined where it no longer fits; nothing is changed then.
   */
  fail(job: OrphanedJob, note: string): Promise<string | undefined>;
  /** Lets a job be claimed again in half a minute, as one attempt more. Otherwise as `fail`. */
  requeue(job: OrphanedJob, note: string): Promise<string | undefined>;
  /** Puts the columns back that one of these changed, only while nobody has changed the row since. */
  restore(job: JobIdentity & { readonly before: JobBefore; readonly note: string }): Promise<string | undefined>;
}

/** How soon a job that is run again may be claimed: time enough to press Undo. */
const REQUEUE_DELAY_SECONDS = 30;

const CHANGED = ['status', 'lockeduntil', 'completedat', 'retrycount', 'nextretryat', 'errormessage'] as const;

export function jobWriter(inTransaction: InTransaction): JobWriter {
  const change = (job: OrphanedJob, note: string, set: (table: RowTable) => string, condition: (table: RowTable) => string) =>
    inTransaction(job, async (table, ask) => {
      table.mayUpdate(CHANGED);
      const sql = `
UPDATE ${table.sql} t SET ${set(table)}, ${noted(table)}
 WHERE ${isIt(table)} AND ${isOrphan(table)} AND ${condition(table)}
RETURNING t.xmin::text AS row_version`;
      return one(await ask(sql, [job.id, job.rowVersion, job.lockGraceSeconds, job.minimumAgeSeconds, note]));
    });
  return {
    look: (job, note) =>
      inTransaction(job, async (table, ask) => {
        table.mayUpdate(CHANGED);
        const error = table.column('errormessage').sql;
        const sql = `
SELECT t.xmin::text AS row_version, t.${table.column('status').sql}::text AS status,
       coalesce(t.xmin::text = $2::text AND ${isOrphan(table)}, false) AS fits,
       coalesce(t.${error} = $5::text OR right(t.${error}, length($5::text) + 1) = E'\\n' || $5::text, false) AS noted
  FROM ${table.sql} t WHERE ${hasId(table)}`;
        const [found] = await ask(sql, [job.id, job.rowVersion, job.lockGraceSeconds, job.minimumAgeSeconds, note]);
        if (found === undefined) return undefined;
        const { row_version: rowVersion, ...state } = State.parse(found);
        return { rowVersion, ...state };
      }),
    fail: (job, note) => change(job, note, setFailed, () => 'true'),
    requeue: (job, note) =>
      change(job, note, setPending, (table) => `t.${table.column('retrycount').sql} < t.${table.column('maxretries').sql}`),
    restore: ({ before, note, ...job }) =>
      inTransaction(job, async (table, ask) => {
        table.mayUpdate(CHANGED);
        const sql = `UPDATE ${table.sql} t SET ${restored(table)} WHERE ${isIt(table)} RETURNING t.xmin::text AS row_version`;
        const values = [before.lockedUntil, before.completedAt, before.nextRetryAt, before.retryCount];
        return one(await ask(sql, [job.id, job.rowVersion, ...values, note]));
      }),
  };
}

/** More rows than one mean that the id is none: nothing of it is kept. */
function one(rows: readonly unknown[]): string | undefined {
  const changed = Changed.parse(rows);
  if (changed.length > 1) throw new WriteRefusedError('precondition', `${changed.length} rows have that id.`);
  return changed[0]?.row_version;
}

const assign = (table: RowTable, key: string, value: string) => {
  const { sql, type } = table.column(key);
  return `${sql} = CAST(${value} AS ${type})`;
};

function hasId(table: RowTable): string {
  const id = table.column('id');
  return `t.${id.sql} = CAST($1::text AS ${id.type})`;
}

const isIt = (table: RowTable) => `${hasId(table)} AND t.xmin::text = $2::text`;

function isOrphan(table: RowTable): string {
  const [status, locked, started] = [table.column('status'), table.column('lockeduntil'), table.column('startedat')];
  return `t.${status.sql}::text = 'Running'
   AND (t.${locked.sql} IS NULL OR t.${locked.sql} < clock_timestamp() - make_interval(secs => $3::float8))
   AND t.${started.sql} < clock_timestamp() - make_interval(secs => $4::float8)`;
}

function setFailed(table: RowTable): string {
  return [
    assign(table, 'status', "'Failed'"),
    assign(table, 'lockeduntil', 'NULL'),
    assign(table, 'completedat', 'clock_timestamp()'),
    assign(table, 'retrycount', `t.${table.column('maxretries').sql}`),
    assign(table, 'nextretryat', 'NULL'),
  ].join(', ');
}

function setPending(table: RowTable): string {
  return [
    assign(table, 'status', "'Pending'"),
    assign(table, 'lockeduntil', 'NULL'),
    assign(table, 'retrycount', `t.${table.column('retrycount').sql} + 1`),
    assign(table, 'nextretryat', `clock_timestamp() + interval '${REQUEUE_DELAY_SECONDS} s'`),
  ].join(', ');
}

/** The note becomes the last line of the error text; a column of limited length gives up the end of what stood there. */
function noted(table: RowTable): string {
  const { sql, length } = table.column('errormessage');
  const kept = length === null ? `t.${sql}` : `left(t.${sql}, greatest(${length} - 1 - length($5::text), 0))`;
  return `${sql} = CASE WHEN t.${sql} IS NULL THEN $5::text ELSE ${kept} || E'\\n' || $5::text END`;
}

function restored(table: RowTable): string {
  const error = table.column('errormessage').sql;
  return [
    assign(table, 'status', "'Running'"),
    assign(table, 'lockeduntil', '$3::text'),
    assign(table, 'completedat', '$4::text'),
    assign(table, 'nextretryat', '$5::text'),
    assign(table, 'retrycount', '$6::int'),
    `${error} = CASE WHEN t.${error} = $7::text THEN NULL
       WHEN right(t.${error}, length($7::text) + 1) = E'\\n' || $7::text THEN left(t.${error}, length(t.${error}) - length($7::text) - 1)
       ELSE t.${error} END`,
  ].join(', ');
}
