import { z } from 'zod';
import { classifyDatabaseError, connectForOne, openWritePool, type PostgresWriterOptions } from './postgres-write-connection.ts';
import { WriteRefusedError } from './write-errors.ts';

export interface IndexName {
  readonly schema: string;
  readonly index: string;
}

export interface IndexRequest extends IndexName {
  readonly table: string;
  readonly tableOid: string;
  readonly columns: readonly string[];
}

/** An index as the catalogue has it. `building`: some session is at work on it now. */
export type IndexState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'building' | 'valid' | 'invalid'; readonly oid: string; readonly tableOid: string };

export interface BuildProgress {
  readonly phase: string;
  /** 0 to 1, where PostgreSQL knows how much there is to do. */
  readonly share: number | undefined;
  readonly waitingForPid: number | undefined;
}

/** A build under way on a connection of its own. */
export interface IndexBuild {
  /** Settles when the statement has ended; rejects with the reason where it did not succeed. */
  readonly finished: Promise<void>;
  progress(): Promise<BuildProgress | undefined>;
  cancel(): Promise<void>;
}

/** What the executor may do with indexes, as the owner of the tables. */
export interface IndexWriter {
  inspect(name: IndexName): Promise<IndexState>;
  startBuild(request: IndexRequest): Promise<IndexBuild>;
  /** Drops the index of exactly that oid, without blocking writers. */
  drop(request: IndexName & { readonly indexOid: string }): Promise<void>;
  /** Likewise, and only while it is invalid and nobody works on its table: what is dropped must not be a build under way. */
  dropInvalid(request: IndexName & { readonly indexOid: string }): Promise<void>;
  /** Whether somebody else holds a lock on the table that builds and drops take. */
  isBusy(tableOid: string): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * A build leaves the progress view before it commits that the index is valid; in between only its transaction, which holds a lock on
 * itself and stands in the row's xmax, shows that it is not done (DefineIndex in PostgreSQL's src/backend/commands/indexcmds.c).
 */
const INSPECT = `
SELECT c.oid::text AS oid, i.indrelid::text AS table_oid, i.indisvalid AS valid, i.xmax::text AS changed_by,
       EXISTS (SELECT 1 FROM pg_stat_progress_create_index p WHERE p.index_relid = c.oid)
         OR EXISTS (SELECT 1 FROM pg_locks l WHERE l.locktype = 'transactionid' AND l.granted AND l.transactionid = i.xmax) AS building
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indexrelid = c.oid
 WHERE n.nspname = $1 AND c.relname = $2`;

/** The statement, with every identifier taken from the catalogue and quoted by PostgreSQL itself. */
const CREATE_STATEMENT = `
SELECT format('CREATE INDEX CONCURRENTLY IF NOT EXISTS %I ON %I.%I (%s)', $5::text, n.nspname, c.relname,
              string_agg(format('%I', a.attname), ', ' ORDER BY w.ord)) AS statement,
       count(*)::int AS columns
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN unnest($4::text[]) WITH ORDINALITY AS w(name, ord) ON true
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = w.name AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.oid = $1::oid AND n.nspname = $2 AND c.relname = $3 AND c.relkind = 'r'
 GROUP BY n.nspname, c.relname`;

const DROP_STATEMENT = `
SELECT format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', n.nspname, c.relname) AS statement
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = $1::oid AND n.nspname = $2 AND c.relname = $3 AND c.relkind = 'i'`;

/** Locks are open to every role; the progress of foreign builds is not. */
const WORK = (table: string) => `EXISTS (
  SELECT 1 FROM pg_locks l
   WHERE l.locktype = 'relation' AND l.relation = ${table} AND l.granted AND l.pid <> pg_backend_pid()
     AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
     AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))`;

const DROP_INVALID_STATEMENT = `
SELECT i.indisvalid AS valid, ${WORK('i.indrelid')} AS busy, format('DROP INDEX CONCURRENTLY IF EXISTS %I.%I', n.nspname, c.relname) AS statement
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_index i ON i.indexrelid = c.oid
 WHERE c.oid = $1::oid AND n.nspname = $2 AND c.relname = $3 AND c.relkind = 'i'`;

const BUSY = `SELECT ${WORK('$1::oid')} AS busy`;

const PROGRESS = `
SELECT phase, current_locker_pid AS locker,
       CASE WHEN tuples_total > 0 THEN tuples_done::float8 / tuples_total
            WHEN blocks_total > 0 THEN blocks_done::float8 / blocks_total END AS share
  FROM pg_stat_progress_create_index WHERE pid = $1`;

const InspectRow = z.object({ oid: z.string(), table_oid: z.string(), valid: z.boolean(), changed_by: z.string(), building: z.boolean() });
type InspectRow = z.output<typeof InspectRow>;
const StatementRow = z.object({ statement: z.string(), columns: z.int().optional() });
const InvalidRow = z.object({ statement: z.string(), valid: z.boolean(), busy: z.boolean() });
const BusyRow = z.object({ busy: z.boolean() });
const ProgressRow = z.object({ phase: z.string(), locker: z.coerce.number().nullable(), share: z.number().nullable() });

/** Connects as the owner of the tables. Connections are opened when they are needed and closed afterwards. */
export function connectIndexWriter(options: PostgresWriterOptions): IndexWriter {
  const { pool, ask } = openWritePool(options, { kept: false });
  const look = async ({ schema, index }: IndexName) => InspectRow.optional().parse((await ask(INSPECT, [schema, index]))[0]);
  const inspect = async (name: IndexName): Promise<IndexState> => {
    const first = await look(name);
    return stateOf(first, isAbandoned(first) ? await look(name) : first);
  };
  return {
    inspect,
    async startBuild(request) {
      const rows = await ask(CREATE_STATEMENT, [request.tableOid, request.schema, request.table, [...request.columns], request.index]);
      const row = rows[0] === undefined ? undefined : StatementRow.parse(rows[0]);
      if (row === undefined || row.columns !== request.columns.length)
        throw new WriteRefusedError(
          'precondition',
          `${request.schema}.${request.table} no longer has the columns ${request.columns.join(', ')}.`,
        );
      return startStatement(options, row.statement, ask);
    },
    async drop(request) {
      const rows = await ask(DROP_STATEMENT, [request.indexOid, request.schema, request.index]);
      if (rows[0] === undefined)
        throw new WriteRefusedError('gone', `There is no index ${request.schema}.${request.index} of that identity.`);
      const { finished } = await startStatement(options, StatementRow.parse(rows[0]).statement, ask);
      await finished;
    },
    async dropInvalid({ indexOid, schema, index }) {
      if ((await inspect({ schema, index })).kind === 'building')
        throw new WriteRefusedError('precondition', `The index ${schema}.${index} is being built.`);
      const rows = await ask(DROP_INVALID_STATEMENT, [indexOid, schema, index]);
      if (rows[0] === undefined) throw new WriteRefusedError('gone', `There is no index ${schema}.${index} of that identity.`);
      const { statement, valid, busy } = InvalidRow.parse(rows[0]);
      if (busy)
        throw new WriteRefusedError('precondition', `Another session works on the table of ${schema}.${index}: it may be building it.`);
      if (valid) throw new WriteRefusedError('precondition', `The index ${schema}.${index} is valid.`);
      const { finished } = await startStatement(options, statement, ask);
      await finished;
    },
    async isBusy(tableOid) {
      return BusyRow.parse((await ask(BUSY, [tableOid]))[0]).busy;
    },
    close: () => pool.end(),
  };
}

const isAbandoned = (row: InspectRow | undefined) => row !== undefined && !row.valid && !row.building;

/** Invalid for good only where two looks agree: the row is older than the look at who builds it, and a build may have ended in between. */
function stateOf(first: InspectRow | undefined, now: InspectRow | undefined): IndexState {
  if (now === undefined) return { kind: 'absent' };
  const invalid = isAbandoned(now) && first?.oid === now.oid && first.changed_by === now.changed_by;
  return { kind: now.valid ? 'valid' : invalid ? 'invalid' : 'building', oid: now.oid, tableOid: now.table_oid };
}

/** Runs one statement outside a transaction, on its own connection without a lock timeout: it waits for older transactions. */
async function startStatement(
  options: PostgresWriterOptions,
  statement: string,
  ask: (text: string, values: unknown[]) => Promise<unknown[]>,
): Promise<IndexBuild> {
  const { client, begun: pid } = await connectForOne(options, async (opened) => {
    await opened.query('SET lock_timeout = 0');
    await opened.query(`SET statement_timeout = '30min'`);
    return z.object({ pid: z.int() }).parse((await opened.query('SELECT pg_backend_pid() AS pid')).rows[0]).pid;
  });
  const finished = client
    .query(statement)
    .then(() => {})
    .catch((error: unknown) => {
      throw classifyDatabaseError(error);
    })
    .finally(() => client.end().catch(() => {}));
  finished.catch(() => {}); // whoever awaits `finished` sees the failure
  return {
    finished,
    async progress() {
      const rows = await ask(PROGRESS, [pid]);
      if (rows[0] === undefined) return undefined;
      const row = ProgressRow.parse(rows[0]);
      return { phase: row.phase, share: row.share ?? undefined, waitingForPid: row.locker || undefined };
    },
    async cancel() {
      await ask('SELECT pg_cancel_backend($1)', [pid]);
    },
  };
}
