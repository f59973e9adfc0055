import { pgIndexes } from '../checks/pg.indexes.ts';
import { pgStatements } from '../checks/pg.statements.ts';
import { bytes } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { waitsDoNotBlur } from '../signs/locks.ts';
import { type IndexFacts, type StatementFacts, statementsAreSlow } from '../signs/statements.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

function invalidIndex(statements: StatementFacts, indexes: IndexFacts) {
  return indexes.invalid.find(({ table }) => statements.uses.some((use) => use.table === table));
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
  supports: [latencyIsHigh],
  explains: [...SYMPTOMS, 'pg.statements', 'pg.indexes', 'db.slow_query.other'],
  summary: (context) => {
    const found = find(context);
    return `Index ${found?.index ?? ''} of ${found?.table ?? ''} (${bytes(found?.bytes ?? 0)}) was left invalid by a build that failed or was cancelled.`;
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
