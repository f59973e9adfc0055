import { z } from 'zod';
import type { PostgresReader } from '../../clients/postgres-read.ts';
import { ReadError } from '../../clients/read-errors.ts';
import { type TableUse, tableUses } from '../rules/index-columns.ts';
import { psql } from '../rules/shell.ts';
import { diffStatements, type StatementDelta, type StatementReading } from '../rules/statement-diff.ts';
import { defineSource, type SourceContext, type StatementSample } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { type Asking, askActivity, Numeric } from './sql.ts';
import { readSqlShape } from './sql-shape.ts';
import { readStatementPlan, type StatementPlan } from './statement-plan.ts';
import { tableColumns } from './table-columns.ts';

/** Decided by the column and not by the version: an old extension on a new server still says total_time. */
const PROBE = `
SELECT n.nspname AS schema, current_setting('pg_stat_statements.track', true) AS track, current_setting('server_version_num')::int AS version_num,
       EXISTS (SELECT 1 FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
                WHERE c.relname = 'pg_stat_statements' AND c.relnamespace = e.extnamespace AND a.attname = 'total_exec_time' AND NOT a.attisdropped) AS has_exec_time
  FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'pg_stat_statements'`;

const identifier = (name: string) => `"${name.replaceAll('"', '""')}"`;

const Probe = z.array(z.object({ schema: z.string(), track: z.string().nullable(), version_num: z.int(), has_exec_time: z.boolean() }));
type Extension = z.output<typeof Probe>[number];

/** Where the statistics of statements are, and what their columns are called. */
export type StatementExtension = Pick<Extension, 'schema' | 'has_exec_time'>;

export const statementView = ({ schema }: StatementExtension) => `${identifier(schema)}.pg_stat_statements`;
export const totalTimeColumn = ({ has_exec_time }: StatementExtension) => (has_exec_time ? 'total_exec_time' : 'total_time');

const OTHERS = `s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.queryid IS NOT NULL
   AND s.userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)`;

/** pg_stat_statements(false) leaves the texts out: they stay on the server until the few that matter are asked for. */
const snapshotSql = (extension: StatementExtension) => `
SELECT s.userid::text || ':' || s.queryid::text AS key, sum(s.calls)::float8 AS calls,
       sum(s.${totalTimeColumn(extension)})::float8 AS total_ms, sum(s.rows)::float8 AS rows
  FROM ${statementView(extension)}(false) s
 WHERE ${OTHERS}
 GROUP BY 1`;

const CONNECTIONS = `
SELECT count(*)::int AS connections FROM pg_stat_activity
 WHERE backend_type = 'client backend' AND datname = current_database() AND application_name NOT LIKE 'hotswap-bot%'`;

const LONGEST_TEXT = 10_000;
const textsSql = (extension: StatementExtension, keys: readonly string[]) => `
SELECT s.userid::text || ':' || s.queryid::text AS key, left(s.query, ${LONGEST_TEXT}) AS query
  FROM ${statementView(extension)} s
 WHERE ${OTHERS} AND s.queryid IN (${keys.map((key) => key.split(':')[1]).join(', ')})`;

const Snapshot = z.array(z.object({ key: z.string().regex(/^\d+:-?\d+$/), calls: Numeric, total_ms: Numeric, rows: Numeric }));
const Connections = z.array(z.object({ connections: z.int() })).length(1);
const Texts = z.array(z.object({ key: z.string(), query: z.string() }));
/** As the worker keeps it. */
const StoredReading = z.object({
  connections: z.number(),
  statements: z.record(z.string(), z.tuple([z.number(), z.number(), z.number()])),
});

export interface SlowestStatement extends StatementDelta {
  readonly query: string;
  /** Time in this statement for each second that each session had. */
  readonly shareOfSessions: number;
  /** Null where the text could not be parsed. */
  readonly uses: readonly TableUse[] | null;
  /** Tables (schema.table) that its generic plan reads from end to end to choose some rows; null where there is no plan. */
  readonly scans: readonly string[] | null;
  /** Why its plan could not be looked at, where a right is lacking. */
  readonly planNotSeen: string | null;
}

interface Statements {
  /** Null: there is no earlier reading to compare with yet. */
  readonly compared: { readonly seconds: number; readonly connections: number; readonly databaseMs: number } | null;
  /** Those that took the most time in between, the most first. */
  readonly slowest: readonly SlowestStatement[];
  /** This reading, to compare a later one with. */
  readonly sample: StatementSample;
}

/** How many statements are looked at closely. */
const LOOKED_AT = 8;
/** EXPLAIN (GENERIC_PLAN) exists since version 16. */
const GENERIC_PLAN_SINCE = 160_000;
const NO_PLAN: StatementPlan = { scans: null, planNotSeen: null };
const TOO_OLD: StatementPlan = {
  scans: null,
  planNotSeen: 'PostgreSQL shows the plan of a statement with parameters from version 16 on',
};

/** What the database spent its time on between an earlier reading and now: the totals since the reset show yesterday's troubles. */
export const statements = defineSource<Statements>({
  id: 'pg.statements',
  title: 'Statements by time, between two readings',
  comparesSamples: true,
  permission: 'GRANT pg_read_all_stats TO the role of the bot; CREATE EXTENSION pg_stat_statements in this database',
  asked: (target) => psql(target, snapshotSql({ schema: 'public', has_exec_time: true })),
  async collect(context) {
    const extension = await findStatementExtension(context);
    const sample = await takeSample(context.clients.postgres, extension, context.signal);
    const asked = psql(context.target, snapshotSql(extension));
    const older = chooseSample(context, sample.takenAt);
    if (older === undefined) return { data: { compared: null, slowest: [], sample }, complete: true, asked };
    const reading = StoredReading.parse(sample.reading);
    const seconds = (sample.takenAt.getTime() - older.takenAt.getTime()) / 1_000;
    const deltas = diffStatements(older.reading, reading);
    const compared = { seconds, connections: reading.connections, databaseMs: deltas.reduce((sum, { totalMs }) => sum + totalMs, 0) };
    const slowest = await lookClosely(context, extension, deltas.slice(0, LOOKED_AT), compared);
    return { data: { compared, slowest, sample }, complete: true, asked };
  },
});

/**
 * One reading of the statement statistics, for a later run to compare with.
 * @throws ReadError where they cannot be read.
 */
export async function takeStatementSample(postgres: PostgresReader, signal: AbortSignal): Promise<StatementSample> {
  return takeSample(postgres, await findStatementExtension({ clients: { postgres }, signal }), signal);
}

/** @throws ReadError where the extension is not there, or not loaded. */
export async function findStatementExtension(asking: Asking): Promise<Extension> {
  const [rows] = await askActivity(asking, PROBE);
  const [extension] = parseAnswer(Probe, rows, 'The answer about pg_stat_statements');
  if (extension === undefined)
    throw new ReadError('not-served', 'The extension pg_stat_statements is not created in this database.', {
      mend: 'CREATE EXTENSION pg_stat_statements;',
    });
  if (extension.track === null)
    throw new ReadError('not-served', 'The library pg_stat_statements is not loaded.', {
      mend: 'Add pg_stat_statements to shared_preload_libraries and restart the server.',
    });
  return extension;
}

async function takeSample(postgres: PostgresReader, extension: Extension, signal: AbortSignal): Promise<StatementSample> {
  const [snapshot, activity] = await postgres.queries([snapshotSql(extension), CONNECTIONS], signal);
  const takenAt = new Date();
  const rows = parseAnswer(Snapshot, snapshot, 'The statement statistics');
  const [row] = parseAnswer(Connections, activity, 'The number of sessions');
  const reading: StatementReading = {
    connections: row?.connections ?? 0,
    statements: Object.fromEntries(rows.map(({ key, calls, total_ms, rows: count }) => [key, [calls, total_ms, count]])),
  };
  return { takenAt, reading };
}

/** The youngest earlier reading that is far enough from this one, and not too far. */
function chooseSample(
  { statementSamples, diagnostics }: SourceContext,
  takenAt: Date,
): { takenAt: Date; reading: StatementReading } | undefined {
  const age = (sample: StatementSample) => (takenAt.getTime() - sample.takenAt.getTime()) / 1_000;
  const fitting = statementSamples.filter(
    (sample) => age(sample) >= diagnostics.statementPairMinimumSeconds && age(sample) <= diagnostics.statementPairMaximumSeconds,
  );
  for (const sample of fitting.sort((a, b) => age(a) - age(b))) {
    const reading = StoredReading.safeParse(sample.reading);
    if (reading.success) return { takenAt: sample.takenAt, reading: reading.data };
  }
  return undefined;
}

function planOf(context: SourceContext, { version_num }: Extension, query: string): Promise<StatementPlan> {
  return version_num < GENERIC_PLAN_SINCE ? Promise.resolve(TOO_OLD) : readStatementPlan(context, query);
}

interface Compared {
  readonly seconds: number;
  readonly connections: number;
}

async function lookClosely(
  context: SourceContext,
  extension: Extension,
  deltas: readonly StatementDelta[],
  compared: Compared,
): Promise<SlowestStatement[]> {
  if (deltas.length === 0) return [];
  const sql = textsSql(
    extension,
    deltas.map(({ key }) => key),
  );
  const texts = parseAnswer(Texts, await context.clients.postgres.query(sql, context.signal), 'The texts of statements');
  const tables = (await context.require(tableColumns)).data;
  const slowest: SlowestStatement[] = [];
  for (const delta of deltas) {
    const query = texts.find(({ key }) => key === delta.key)?.query ?? '';
    const shape = await readSqlShape(query);
    const plannable = shape !== null && ['select', 'update', 'delete'].includes(shape.kind);
    slowest.push({
      ...delta,
      query,
      shareOfSessions: delta.totalMs / (compared.seconds * 1_000 * Math.max(1, compared.connections)),
      uses: shape === null ? null : tableUses(shape, tables),
      ...(plannable ? await planOf(context, extension, query) : NO_PLAN),
    });
  }
  return slowest;
}
