import { z } from 'zod';
import type { NamedTarget } from '../../config/settings.ts';
import { type IndexInQuestion, indexSource } from '../evidence/invalid-index.ts';
import type { Option } from '../form.ts';
import { firstRefusal, refuse } from '../guards/refusal.ts';
import { tableWorkGuard } from '../guards/table-work.ts';
import { indexableTable } from '../parameters.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation, type FormContext } from '../types.ts';

interface IndexParams {
  readonly [key: string]: unknown;
  readonly table: string;
  readonly index: string;
}

/** A transaction older than this would hold the drop up for as long as it lives. */
const OLDEST_TRANSACTION_SECONDS = 300;

function paramsFor(target: NamedTarget): z.ZodType<IndexParams> {
  const Given = z.object({ table: indexableTable(target), index: z.string().min(1).max(63) });
  /** A choice of the form is table and index in one word; a table has no slash. */
  const Choice = z
    .object({ found: z.string().regex(/^[^/]+\/.+$/) })
    .transform(({ found }) => ({ table: found.slice(0, found.indexOf('/')), index: found.slice(found.indexOf('/') + 1) }))
    .pipe(Given);
  return z.union([Choice, Given]);
}

/** Removes what a build that failed or was cancelled left behind. It serves no query and costs every write. */
export default defineRemediation({
  id: 'fix.pg.drop_invalid_index',
  title: 'Remove an invalid index',
  risk: 'R2',
  verbs: ['pg.drop_invalid_index'],
  deadlineSeconds: 1_860,
  manual: {
    about:
      'Drops one index that a build left invalid, without blocking readers or writers, as the owner of the table. It serves no query and costs every write; afterwards the index can be built anew.',
    example: { table: 'public.deployment_jobs', index: 'hotswap_deployment_jobs_status_idx' },
    parameters: { table: 'one of {database.indexableTables}, written schema.table', index: 'the name of an index of it that is invalid' },
    refusals: {
      'still-valid': 'the index is valid: it may serve queries',
      constraint: 'it belongs to a constraint, with which alone it can go',
      partitioned: 'it is one of a partitioned table, which cannot be dropped concurrently',
      'table-busy': 'a build of it may be under way: somebody holds a strong lock on the table',
      'old-transaction': 'a transaction has been open for more than 300 s, which the drop would wait for',
    },
    verification: 'The index is looked for until it is gone.',
    undo: 'None is needed: an invalid index serves no query.',
    stop: 'Nothing: it waits for transactions that use the table, and then takes a moment.',
  },
  params: paramsFor,
  form: formFor,
  needs: ({ table, index }) => ({ index: indexSource(table, index) }),
  plan(params, evidence) {
    const { table, index: name } = params;
    const index = evidence.index.data;
    if (index === null) return { kind: 'nothing-to-do', reason: `${table} has no index ${name}: it is gone already.` };
    const refusal = firstRefusal(
      tableWorkGuard(table, index.work),
      index.valid
        ? refuse(
            'still-valid',
            `The index ${name} of ${table} is valid.`,
            'It may serve queries, so it is not removed here. Diagnose again.',
          )
        : undefined,
      index.constraint === null
        ? undefined
        : refuse(
            'constraint',
            `The index ${name} serves the constraint ${index.constraint}.`,
            'Ask whoever owns the schema: it goes with the constraint alone.',
          ),
      index.kind === 'i'
        ? undefined
        : refuse(
            'partitioned',
            `${name} is an index of a partitioned table.`,
            'It cannot be dropped without a lock: attach its missing parts, or drop it at a quiet hour.',
          ),
      index.oldestTransactionSeconds > OLDEST_TRANSACTION_SECONDS
        ? refuse(
            'old-transaction',
            `A transaction has been open for ${index.oldestTransactionSeconds} s; the drop would wait for it (limit: ${OLDEST_TRANSACTION_SECONDS} s).`,
            'End that transaction first: diagnose latency names it where it blocks others.',
          )
        : undefined,
    );
    return refusal ?? { kind: 'act', plan: planFor(params, index) };
  },
});

function planFor({ table, index: name }: IndexParams, index: IndexInQuestion): Draft {
  const [schema = '', plain = ''] = table.split('.');
  const on = index.columns.length === 0 ? table : `${table} (${index.columns.join(', ')})`;
  return {
    risk: 'R2',
    summary: `Remove the invalid index ${schema}.${name} on ${on}, ${Math.ceil(index.bytes / 1_048_576)} MB.`,
    identity: `table:${index.tableOid}`,
    steps: [{ verb: 'pg.drop_invalid_index', schema, table: plain, tableOid: index.tableOid, index: name, indexOid: index.oid }],
    stepTexts: [`DROP INDEX CONCURRENTLY ${schema}.${name}, only where it still is that index, invalid, and nobody builds it.`],
    changes: [],
    touches: ['No query uses it. Writes to the table become a little cheaper; readers and writers go on meanwhile.'],
    warnings: ['Where the index is wanted, build it anew afterwards: fix.pg.create_index.'],
    undo: { kind: 'none', text: 'None is needed: an invalid index serves no query.' },
    stop: { kind: 'none' },
    temporary: false,
  };
}

const Seen = z.object({ table: z.string(), index: z.string() });

function formFor({ target, params, report }: FormContext) {
  const facts = report?.checks.find(({ id }) => id === 'pg.indexes')?.facts.invalid;
  const rows: unknown[] = [params, ...(Array.isArray(facts) ? facts : [])];
  const found = new Map<string, Option>();
  for (const raw of rows) {
    const row = Seen.safeParse(raw);
    if (!row.success || !target.database.indexableTables.includes(row.data.table)) continue;
    const value = `${row.data.table}/${row.data.index}`;
    found.set(value, { value, label: `${row.data.index} of ${row.data.table}` });
  }
  const options = [...found.values()];
  return {
    about: 'Removes an index that a failed build left behind, without blocking readers or writers.',
    closed:
      options.length === 0
        ? 'The diagnosis saw no invalid index of a table that configuration allows. Run `/hotswap diagnose queries`.'
        : null,
    fields: [
      {
        kind: 'choice' as const,
        name: 'found',
        label: 'Index',
        hint: 'As the diagnosis saw it; it is looked at again before anything is planned.',
        options,
        initial: options[0]?.value ?? null,
      },
    ],
  };
}
