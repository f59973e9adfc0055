import { pgIndexes } from '../checks/pg.indexes.ts';
import { pgStatements } from '../checks/pg.statements.ts';
import { bytes } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { waitsDoNotBlur } from '../signs/locks.ts';
import { type IndexFacts, type StatementFacts, statementsAreSlow } from '../signs/statements.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

/** Whether a statement chooses rows by the index's first column; where its columns do not follow from it, its table is enough. */
function wouldServe(
  { table, columns }: IndexFacts['invalid'][number],
  use: Pick<StatementFacts['uses'][number], 'table' | 'columns'>,
): boolean {
  const [leading = ''] = columns.split(', ');
  return use.table === table && (use.columns === '' || leading === '' || use.columns.split(', ').includes(leading));
}

const slowStatementScans = rule({ statements: pgStatements, indexes: pgIndexes }, ({ statements, indexes }) => {
  const found = invalidIndex(statements, indexes);
  const scan = statements.uses.find((use) => use.table === found?.table && use.scanned === true);
  if (found === undefined || scan === undefined) return no('No plan shows that the table is read from end to end.');
  return yes(
    `The plan of the slow statement reads ${found.table} from end to end: index ${found.index} on (${found.columns}) is not used.`,
  );
});

function invalidIndex(statements: StatementFacts, indexes: IndexFacts) {
  return indexes.invalid.find((index) => statements.uses.some((use) => wouldServe(index, use)));
}

const slowTableHasAnInvalidIndex = rule({ statements: pgStatements, indexes: pgIndexes }, ({ statements, indexes }) => {
  const found = invalidIndex(statements, indexes);
  if (found === undefined) return no('No slow statement reads a table that has an invalid index.');
  return yes(`A slow statement reads ${found.table}, whose index ${found.index} is invalid: it serves no query and costs every write.`);
});

export const indexIsInvalid = defineCause({
  id: 'db.index_invalid',
  title: 'An index that was never finished serves no query',
  requires: [statementsAreSlow, waitsDoNotBlur, slowTableHasAnInvalidIndex],
  contradicts: [latencyIsNormal],
  direct: slowStatementScans,
  supports: [latencyIsHigh],
  explains: [...SYMPTOMS, 'pg.statements', 'pg.indexes', 'pg.long_queries', 'db.slow_query.missing_index', 'db.slow_query.other'],
  summary: (context) => {
    const found = find(context);
    return `Index ${found?.index ?? ''} of ${found?.table ?? ''} (${bytes(found?.bytes ?? 0)}) was left invalid by a build that failed or was cancelled.`;
  },
  remediations: (context) => {
    const found = find(context);
    if (found === undefined || !context.target.database.indexableTables.includes(found.table)) return [];
    const { table, index } = found;
    return [
      {
        id: 'fix.pg.drop_invalid_index',
        params: { table, index },
        reason: `It serves no query; afterwards the index of ${table} can be built anew.`,
      },
    ];
  },
  advice: (context) => [
    `DROP INDEX CONCURRENTLY ${find(context)?.index ?? 'the index'}; then build it again with CREATE INDEX CONCURRENTLY.`,
  ],
});

function find(context: ConclusionContext) {
  const statements = context.facts(pgStatements);
  const indexes = context.facts(pgIndexes);
  return statements === null || indexes === null ? undefined : invalidIndex(statements, indexes);
}
