import { pgIndexes } from '../checks/pg.indexes.ts';
import { pgStatements } from '../checks/pg.statements.ts';
import type { RemediationOffer } from '../report.ts';
import { bytes, count, milliseconds } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { errorsAreHigh, latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { waitsDoNotBlur } from '../signs/locks.ts';
import { statementsAreSlow, type UnindexedTable, unindexedTables } from '../signs/statements.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const slowStatementScans = rule({ statements: pgStatements, indexes: pgIndexes }, ({ statements, indexes }, { thresholds }) => {
  const [worst] = unindexedTables(statements, indexes, thresholds.indexTableMinimumBytes);
  if (worst === undefined)
    return no(`No slow statement reads a table of ${bytes(thresholds.indexTableMinimumBytes)} or more from end to end.`);
  const hint =
    worst.hint === undefined ? '' : ` (${worst.hint.scans} scans of ${worst.hint.rowsPerScan} rows since the statistics were reset)`;
  return yes(`${worst.query} takes ${milliseconds(worst.meanMs)} and reads ${worst.table} from end to end${hint}.`);
});

const planShowsTheScan = rule({ statements: pgStatements, indexes: pgIndexes }, ({ statements, indexes }, { thresholds }) => {
  const worst = unindexedTables(statements, indexes, thresholds.indexTableMinimumBytes).find(({ planSeen }) => planSeen);
  return worst === undefined
    ? no('No plan shows the scan.')
    : yes(`The plan of the statement is a sequential scan of ${worst.table} with a filter.`);
});

export const missingIndex = defineCause({
  id: 'db.slow_query.missing_index',
  title: 'A statement reads a whole table for want of an index',
  requires: [statementsAreSlow, waitsDoNotBlur, slowStatementScans],
  contradicts: [latencyIsNormal],
  direct: planShowsTheScan,
  supports: [latencyIsHigh, errorsAreHigh],
  explains: [
    ...SYMPTOMS,
    'pg.statements',
    'pg.indexes',
    'pg.long_queries',
    'pg.capacity',
    'pg.activity',
    'app.pool_exhausted.busy',
    'db.slow_query.other',
    'db.stale_stats',
    'k8s.logs',
  ],
  summary: (context) => {
    const [worst] = unindexed(context);
    if (worst === undefined) return 'A slow statement reads a whole table.';
    const columns = worst.columns.length === 1 ? ` An index on (${worst.columns[0]}) would serve it.` : '';
    return `${worst.query} takes ${milliseconds(worst.meanMs)} on average, because it reads ${worst.table} from end to end.${columns}`;
  },
  remediations: (context) => unindexed(context).flatMap((table) => offer(table, context)),
  advice: (context) =>
    unindexed(context).flatMap(({ table, columns, choices }) =>
      context.target.database.indexableTables.includes(table)
        ? []
        : [
            `CREATE INDEX CONCURRENTLY ON ${table} (${columns[0] ?? `one or more of ${choices.join(', ')}`}); the bot may do it once ${table} is among database.indexableTables.`,
          ],
    ),
});

function unindexed(context: ConclusionContext): UnindexedTable[] {
  const statements = context.facts(pgStatements);
  const indexes = context.facts(pgIndexes);
  return statements === null || indexes === null ? [] : unindexedTables(statements, indexes, context.thresholds.indexTableMinimumBytes);
}

function offer({ table, columns, choices, meanMs }: UnindexedTable, { target }: ConclusionContext): RemediationOffer[] {
  if (!target.database.indexableTables.includes(table)) return [];
  const [only, ...others] = columns;
  const reason = `a statement that takes ${milliseconds(meanMs)} reads the whole of ${table}`;
  if (only !== undefined && others.length === 0)
    return [{ id: 'fix.pg.create_index', params: { table, columns: only.split(', ') }, reason: `${reason}; it chooses rows by ${only}.` }];
  const which =
    others.length > 0
      ? `${count(columns.length, 'slow statement')} ask for different columns`
      : 'the columns do not follow from the statement';
  return [
    {
      id: 'fix.pg.create_index',
      params: { table },
      choices: { columns: [...choices] },
      reason: `${reason}; ${which}, so a person chooses.`,
    },
  ];
}
