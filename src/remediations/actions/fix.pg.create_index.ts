import { z } from 'zod';
import { deployment } from '../../diagnostics/evidence/deployment.ts';
import { type IndexableTable, tableSource } from '../evidence/table.ts';
import { indexName } from '../guards/index-name.ts';
import { firstRefusal, refuse } from '../guards/refusal.ts';
import { rolloutGuard } from '../guards/workload.ts';
import { indexableTable } from '../parameters.ts';
import type { Draft, DraftResult, NothingToDo, Refused } from '../plan.ts';
import { defineRemediation, type FormContext } from '../types.ts';

interface IndexParams {
  readonly [key: string]: unknown;
  readonly table: string;
  readonly columns: string[];
  /** Set where an index that an earlier request built is to be dropped again. */
  readonly drop?: { readonly index: string; readonly oid: string } | undefined;
}

/** A transaction older than this would hold the build up for as long as it lives. */
const OLDEST_TRANSACTION_SECONDS = 300;
const MOST_COLUMNS = 3;

/** Builds an index without blocking writers; its undo drops exactly that index. */
export default defineRemediation({
  id: 'fix.pg.create_index',
  title: 'Create an index',
  risk: 'R3',
  verbs: ['pg.create_index', 'pg.drop_index'],
  manual: {
    about: 'Builds one index without blocking readers or writers, as the owner of the table. Helps a statement that reads a whole table.',
    example: { table: 'public.deployment_jobs', columns: ['status'] },
    parameters: {
      table: 'one of {database.indexableTables}, written schema.table',
      columns: '1 to 3 columns of it, in this order',
      drop: 'set by Undo alone: name and oid of the index to drop',
    },
    refusals: {
      'no-table': 'there is no such table',
      'no-column': 'the table has no such column',
      'name-taken': 'an index of that name exists, such as an invalid one',
      'not-a-table': 'it is partitioned or no ordinary table',
      'build-in-progress': 'an index of the table is being built',
      'old-transaction': 'a transaction has been open for more than 300 s, which the build would wait for',
      'rollout-in-progress': 'a rollout of the Deployment is under way',
      paused: 'the rollout is paused',
    },
    verification: 'The index is valid in the catalogue.',
    undo: 'Drops exactly the index that was built, by its oid, without blocking, as a request of its own.',
    stop: 'The build is cancelled. What it leaves invalid is reported, and its removal offered.',
  },
  deadlineSeconds: 1_860,
  params: (target): z.ZodType<IndexParams> =>
    z.object({
      table: indexableTable(target),
      columns: z.array(z.string().min(1)).min(1).max(MOST_COLUMNS),
      drop: z.object({ index: z.string(), oid: z.string() }).optional(),
    }),
  form: formFor,
  needs: ({ table }) => ({ table: tableSource(table), deployment }),
  plan(params, evidence) {
    const table = evidence.table.data;
    if (table === null)
      return refuse('no-table', `There is no table ${params.table}.`, 'See database.indexableTables in config/hotswap.yaml.');
    if (params.drop !== undefined) return planDrop(params, params.drop, table);
    const unknown = params.columns.filter((column) => !table.columns.includes(column));
    if (unknown.length > 0)
      return refuse('no-column', `${params.table} has no column ${unknown.join(', ')}.`, `Its columns: ${table.columns.join(', ')}.`);
    return (
      existing(params, table) ??
      firstRefusal(
        table.kind === 'r'
          ? undefined
          : refuse('not-a-table', `${params.table} is not an ordinary table.`, 'Only those can be indexed concurrently.'),
        rolloutGuard(evidence.deployment.data),
        buildGuard(params, table),
      ) ?? { kind: 'act', plan: planBuild(params, table) }
    );
  },
  undo: ({ params, facts }) => {
    const made = z.object({ indexOid: z.string() }).safeParse(facts[0]);
    if (!made.success || params.drop !== undefined) return undefined;
    return { table: params.table, columns: params.columns, drop: { index: nameFor(params), oid: made.data.indexOid } };
  },
  removal: ({ params, facts }) => {
    if (!z.object({ invalid: z.literal(true) }).safeParse(facts[0]).success) return undefined;
    const index = nameFor(params);
    return {
      remediation: 'fix.pg.drop_invalid_index',
      params: { table: params.table, index },
      reason: `${index} was left invalid: it serves no query and costs every write. Once it is gone, the index can be built anew.`,
    };
  },
});

function existing({ table: name, columns }: IndexParams, table: IndexableTable): Refused | NothingToDo | undefined {
  const same = table.indexes.find(
    (index) => index.valid && !index.partial && columns.every((column, place) => index.columns[place] === column),
  );
  if (same !== undefined)
    return { kind: 'nothing-to-do', reason: `The index ${same.name} on ${name} begins with ${columns.join(', ')} already.` };
  const wanted = nameFor({ table: name, columns });
  const left = table.indexes.find((index) => index.name === wanted || index.name.endsWith(`.${wanted}`));
  return left === undefined
    ? undefined
    : refuse(
        'name-taken',
        `An index ${left.name} exists already${left.valid ? '' : ', left invalid by an earlier build'}.`,
        left.valid ? `Look at it, and rename it or remove it: DROP INDEX CONCURRENTLY ${left.name}` : 'Remove it first, then ask again.',
        left.valid ? null : { remediation: 'fix.pg.drop_invalid_index', params: { table: name, index: wanted } },
      );
}

function buildGuard({ table: name }: IndexParams, table: IndexableTable): Refused | NothingToDo | undefined {
  if (table.builds > 0) return refuse('build-in-progress', `An index of ${name} is being built already.`, 'Wait until it is ready.');
  const oldest = table.oldestTransactionSeconds;
  if (oldest > OLDEST_TRANSACTION_SECONDS)
    return refuse(
      'old-transaction',
      `A transaction has been open for ${oldest} s; the build would wait for it (limit: ${OLDEST_TRANSACTION_SECONDS} s).`,
      'End that transaction first: diagnose latency names it where it blocks others.',
    );
  return undefined;
}

function planBuild(params: IndexParams, table: IndexableTable): Draft {
  const [schema = '', name = ''] = params.table.split('.');
  const index = nameFor(params);
  const megabytes = Math.ceil(estimateBytes(table, params.columns.length) / 1_048_576);
  const summary = `Build index ${schema}.${index} on ${params.table} (${params.columns.join(', ')}).`;
  return {
    risk: 'R3',
    summary,
    identity: `table:${table.oid}`,
    steps: [{ verb: 'pg.create_index', schema, table: name, tableOid: table.oid, columns: [...params.columns], index }],
    stepTexts: [`CREATE INDEX CONCURRENTLY ${index} ON ${params.table} (${params.columns.join(', ')}), as the table's owner.`],
    changes: [],
    touches: [
      `Reads the table twice (${table.rows.toLocaleString('en')} rows, ${Math.ceil(table.bytes / 1_048_576)} MB), which costs disk and CPU while it runs.`,
      'Readers and writers go on. From then on every write keeps the index up to date.',
    ],
    warnings: [
      `Free disk space cannot be seen from SQL: make sure of about ${Math.ceil(1.5 * megabytes)} MB (estimate ${megabytes} MB, and half again).`,
    ],
    undo: { kind: 'steps', text: `DROP INDEX CONCURRENTLY ${index}, with a plan and approvals of its own.` },
    stop: { kind: 'cancel', text: 'The build is cancelled. It leaves an invalid index behind, which is reported and must be dropped.' },
    temporary: false,
  };
}

function planDrop({ table: name, columns }: IndexParams, drop: { index: string; oid: string }, table: IndexableTable): DraftResult {
  const [schema = '', plain = ''] = name.split('.');
  if (!table.indexes.some((index) => index.name === drop.index || index.name.endsWith(`.${drop.index}`)))
    return { kind: 'nothing-to-do', reason: `The index ${drop.index} is gone already.` };
  if (table.builds > 0) return refuse('build-in-progress', `An index of ${name} is being built.`, 'Wait until it is ready.');
  const summary = `Drop index ${schema}.${drop.index} of ${name} (${columns.join(', ')}).`;
  return {
    kind: 'act',
    plan: {
      risk: 'R3',
      summary,
      identity: `table:${table.oid}`,
      steps: [{ verb: 'pg.drop_index', schema, table: plain, tableOid: table.oid, index: drop.index, indexOid: drop.oid }],
      stepTexts: [`DROP INDEX CONCURRENTLY ${schema}.${drop.index}, only where it still is the index that was built.`],
      changes: [],
      touches: ['Statements that use it become slow again.'],
      warnings: [],
      undo: { kind: 'none', text: 'Ask for the index again to build it anew.' },
      stop: { kind: 'none' },
      temporary: false,
    },
  };
}

/** A rough guess: a B-tree entry of 16 bytes and 12 for each column. */
function estimateBytes(table: IndexableTable, columns: number): number {
  return table.rows * (16 + 12 * columns);
}

function nameFor({ table, columns }: Pick<IndexParams, 'table' | 'columns'>): string {
  return indexName(table.split('.')[1] ?? table, columns);
}

/** Columns that any offer of the report names: what may be chosen where the form comes from no offer. */
function columnsOffered(report: FormContext['report']): string[] {
  const offers = report?.diagnoses.flatMap(({ remediations }) => remediations.filter(({ id }) => id === 'fix.pg.create_index')) ?? [];
  return offers.flatMap(({ params, choices }) => [...(Offered.catch({}).parse(params).columns ?? []), ...(choices?.columns ?? [])]);
}

const Offered = z.object({ table: z.string().optional(), columns: z.array(z.string()).optional() });

function formFor({ target, params, choices, report }: FormContext) {
  const { table, columns } = Offered.catch({}).parse(params);
  const tables = table === undefined ? target.database.indexableTables : [table];
  const selectable = [...new Set([...(columns ?? []), ...(choices.columns ?? []), ...(table === undefined ? columnsOffered(report) : [])])];
  const closed =
    target.database.indexableTables.length === 0
      ? 'No table may be given an index here (database.indexableTables is empty).'
      : selectable.length === 0
        ? 'The diagnosis names no table and columns. Open this from a diagnosis of a slow statement.'
        : null;
  return {
    about: 'Builds an index without blocking readers or writers. It can take minutes on a large table.',
    closed,
    fields: [
      {
        kind: 'choice' as const,
        name: 'table',
        label: 'Table',
        hint: 'Tables that configuration allows',
        options: tables.map((name) => ({ value: name, label: name })),
        initial: tables[0] ?? null,
      },
      {
        kind: 'choices' as const,
        name: 'columns',
        label: 'Columns, in this order',
        hint: `Up to ${MOST_COLUMNS}; those that the slow statement filters by`,
        options: selectable.map((name) => ({ value: name, label: name })),
        maximum: MOST_COLUMNS,
        initial: (columns ?? []).slice(0, MOST_COLUMNS),
      },
    ],
  };
}
