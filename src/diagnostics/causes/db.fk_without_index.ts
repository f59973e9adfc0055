import { pgIndexes } from '../checks/pg.indexes.ts';
import { pgStatements } from '../checks/pg.statements.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { waitsDoNotBlur } from '../signs/locks.ts';
import { type IndexFacts, type StatementFacts, statementsAreSlow } from '../signs/statements.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

/** Deleting a row of the parent, or changing its key, reads the whole child once a row. */
const CHANGES_PARENT = /^\s*(?:WITH\b[\s\S]*)?\b(?:DELETE|UPDATE)\b/i;

function unindexedKey(statements: StatementFacts, indexes: IndexFacts) {
  return indexes.foreignKeys.find(({ parent }) =>
    statements.uses.some(({ table, query }) => table === parent && CHANGES_PARENT.test(query)),
  );
}

const slowChangeOfTheParent = rule({ statements: pgStatements, indexes: pgIndexes }, ({ statements, indexes }) => {
  const key = unindexedKey(statements, indexes);
  if (key === undefined) return no('No slow statement changes a table that a foreign key without an index refers to.');
  return yes(`A slow statement changes ${key.parent}, to which ${key.table} (${key.columns}) refers without an index.`);
});

export const foreignKeyWithoutIndex = defineCause({
  id: 'db.fk_without_index',
  title: 'A foreign key without an index makes changes of its parent slow',
  requires: [statementsAreSlow, waitsDoNotBlur, slowChangeOfTheParent],
  contradicts: [latencyIsNormal],
  supports: [latencyIsHigh],
  explains: [
    ...SYMPTOMS,
    'pg.statements',
    'pg.indexes',
    'pg.long_queries',
    'db.slow_query.other',
    // many changes of the parent are what makes its statistics old
    'db.stale_stats',
    'app.pool_exhausted.busy',
  ],
  summary: (context) => {
    const key = find(context);
    return `Each change of ${key?.parent ?? 'the parent'} reads the whole of ${key?.table ?? 'the child'}, because its foreign key (${key?.columns ?? ''}) has no index.`;
  },
  remediations: (context) => {
    const key = find(context);
    if (key === undefined || !context.target.database.indexableTables.includes(key.table)) return [];
    const reason = `the foreign key ${key.constraint} of ${key.table} has no index, so each change of ${key.parent} reads the whole table.`;
    return [{ id: 'fix.pg.create_index', params: { table: key.table, columns: key.columns.split(', ') }, reason }];
  },
  advice: (context) => {
    const key = find(context);
    if (key === undefined || context.target.database.indexableTables.includes(key.table)) return [];
    return [
      `CREATE INDEX CONCURRENTLY ON ${key.table} (${key.columns}); the bot may do it once ${key.table} is among database.indexableTables.`,
    ];
  },
});

function find(context: ConclusionContext) {
  const statements = context.facts(pgStatements);
  const indexes = context.facts(pgIndexes);
  return statements === null || indexes === null ? undefined : unindexedKey(statements, indexes);
}
