import { z } from 'zod';
import { utc } from '../../diagnostics/rules/phrases.ts';
import { type TableStatistics, tableStatisticsSource } from '../evidence/table-statistics.ts';
import { refuse } from '../guards/refusal.ts';
import { tableWorkGuard } from '../guards/table-work.ts';
import { indexableTable } from '../parameters.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation, type FormContext } from '../types.ts';

interface TableParams {
  readonly [key: string]: unknown;
  readonly table: string;
}

/** Collects the statistics of one table anew, so that the planner chooses by what is there. */
export default defineRemediation({
  id: 'fix.pg.analyze',
  title: 'Analyse a table',
  risk: 'R1',
  verbs: ['pg.analyze'],
  deadlineSeconds: 330,
  leavesBad: ['pg.indexes'], // its hints are counted since the server began, and dead rows go with VACUUM alone
  manual: {
    about:
      'Runs ANALYZE on one table, as its owner. Helps where a table has changed a lot since it was last analysed, so that the planner chooses bad plans.',
    example: { table: 'public.deployment_jobs' },
    parameters: { table: 'one of {database.indexableTables}, written schema.table' },
    refusals: {
      'no-table': 'there is no such table',
      'not-a-table': 'it is partitioned or no ordinary table',
      'table-busy': 'autovacuum, a VACUUM, an ANALYZE, an index build or a schema change is at work on it',
    },
    verification: "The server's time of the last ANALYZE moves; a warning that it was skipped counts as not done.",
    undo: 'None is needed: statistics are always of what is there.',
    stop: 'Nothing: it samples the table and takes seconds.',
  },
  params: (target): z.ZodType<TableParams> => z.object({ table: indexableTable(target) }),
  form: formFor,
  needs: ({ table }) => ({ table: tableStatisticsSource(table) }),
  plan({ table: name }, evidence) {
    const table = evidence.table.data;
    if (table === null) return refuse('no-table', `There is no table ${name}.`, 'See database.indexableTables in config/hotswap.yaml.');
    if (table.kind !== 'r')
      return refuse('not-a-table', `${name} is not an ordinary table.`, 'Analyse it by hand: it may take long, and reads all its parts.');
    const busy = tableWorkGuard(name, table.work);
    if (busy !== undefined) return busy;
    const last = latest(table);
    if (table.modifiedRows === 0 && last !== null)
      return { kind: 'nothing-to-do', reason: `No row of ${name} has changed since it was last analysed (${utc(last)}).` };
    return { kind: 'act', plan: planFor(name, table) };
  },
});

function latest({ lastAnalyze, lastAutoanalyze }: TableStatistics): string | null {
  return (
    [lastAnalyze, lastAutoanalyze]
      .filter((at) => at !== null)
      .sort()
      .at(-1) ?? null
  );
}

function planFor(name: string, table: TableStatistics): Draft {
  const [schema = '', plain = ''] = name.split('.');
  const last = latest(table);
  const changed = `${table.modifiedRows.toLocaleString('en')} of ${table.liveRows.toLocaleString('en')} rows changed${last === null ? '; it was never analysed' : ` since ${utc(last)}`}`;
  return {
    risk: 'R1',
    summary: `Analyse ${name} (${changed}).`,
    identity: `table:${table.oid}`,
    steps: [{ verb: 'pg.analyze', schema, table: plain, tableOid: table.oid, lastAnalyze: table.lastAnalyze }],
    stepTexts: [`ANALYZE ${name}, as the table's owner, only where nobody has done it meanwhile; it does not wait for locks.`],
    changes: [],
    touches: [
      `Reads a sample of the table (${Math.ceil(table.bytes / 1_048_576)} MB in all). Readers and writers go on.`,
      'Plans of statements that read it may change.',
    ],
    warnings: [],
    undo: { kind: 'none', text: 'None is needed: statistics are always of what is there.' },
    stop: { kind: 'none' },
    temporary: false,
  };
}

function formFor({ target, params }: FormContext) {
  const offered = z.object({ table: z.string() }).safeParse(params);
  const tables = target.database.indexableTables;
  return {
    about: 'Collects the statistics of one table anew. Readers and writers go on.',
    closed: tables.length === 0 ? 'No table may be analysed here (database.indexableTables is empty).' : null,
    fields: [
      {
        kind: 'choice' as const,
        name: 'table',
        label: 'Table',
        hint: 'Tables that configuration allows',
        options: tables.map((name) => ({ value: name, label: name })),
        initial: offered.success ? offered.data.table : (tables[0] ?? null),
      },
    ],
  };
}
