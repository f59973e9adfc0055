import { pgIndexes } from '../checks/pg.indexes.ts';
import { pgStatements } from '../checks/pg.statements.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { waitsDoNotBlur } from '../signs/locks.ts';
import { type IndexFacts, type StatementFacts, statementsAreSlow } from '../signs/statements.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

function staleTable(statements: StatementFacts, indexes: IndexFacts) {
  return indexes.stale.find(({ table, modifiedRows }) => modifiedRows > 0 && statements.uses.some((use) => use.table === table));
}

const slowTableIsStale = rule({ statements: pgStatements, indexes: pgIndexes }, ({ statements, indexes }) => {
  const stale = staleTable(statements, indexes);
  if (stale === undefined) return no('No slow statement reads a table whose statistics are out of date.');
  return yes(
    `A slow statement reads ${stale.table}, of which ${stale.modifiedRows} of ${stale.liveRows} rows changed since it was last analysed (${stale.lastAnalyzed ?? 'never'}).`,
  );
});

export const staleStatistics = defineCause({
  id: 'db.stale_stats',
  title: 'The planner works with statistics that are out of date',
  requires: [statementsAreSlow, waitsDoNotBlur, slowTableIsStale],
  contradicts: [latencyIsNormal],
  supports: [latencyIsHigh],
  explains: [...SYMPTOMS, 'pg.statements', 'pg.indexes', 'pg.long_queries', 'db.slow_query.other', 'app.pool_exhausted.busy'],
  summary: (context) =>
    `${find(context)?.table ?? 'A table'} has changed a lot since it was last analysed, so the planner may choose a bad plan for the statements that read it.`,
  remediations: (context) => {
    const table = find(context)?.table;
    if (table === undefined || !context.target.database.indexableTables.includes(table)) return [];
    return [{ id: 'fix.pg.analyze', params: { table }, reason: `${table} is analysed, so that the planner knows what is in it.` }];
  },
  advice: (context) => [
    `ANALYZE ${find(context)?.table ?? 'the table'}; and see why autovacuum has not: a long transaction, or settings of the table.`,
  ],
});

function find(context: ConclusionContext) {
  const statements = context.facts(pgStatements);
  const indexes = context.facts(pgIndexes);
  return statements === null || indexes === null ? undefined : staleTable(statements, indexes);
}
