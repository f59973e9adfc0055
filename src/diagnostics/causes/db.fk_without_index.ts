import { k8sLogs } from '../checks/k8s.logs.ts';
import { pgIndexes } from '../checks/pg.indexes.ts';
import { pgLongQueries } from '../checks/pg.long_queries.ts';
import { pgStatements } from '../checks/pg.statements.ts';
import { seconds, short } from '../rules/phrases.ts';
import { anyOf, no, rule, yes } from '../rules/rule.ts';
import { latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { waitsDoNotBlur } from '../signs/locks.ts';
import { justLogged } from '../signs/logs.ts';
import { type IndexFacts, type StatementFacts, statementsAreSlow } from '../signs/statements.ts';
import { type ConclusionContext, defineCause, type FactsOf } from '../types.ts';

/** Deleting a row of the parent, or changing its key, reads the whole child once a row. */
const CHANGES_PARENT = /^\s*(?:WITH\b[\s\S]*)?\b(?:DELETE|UPDATE)\b/i;

type LongFacts = FactsOf<typeof pgLongQueries>;

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

/** The rows of a table that a statement changes, however its name is written. */
function changes(query: string, table: string): boolean {
  const name = table.slice(table.lastIndexOf('.') + 1).replace(/[^\w]/g, '');
  return new RegExp(`\\b(?:DELETE\\s+FROM|UPDATE)\\s+(?:ONLY\\s+)?(?:[\\w"]+\\.)?"?${name}"?(?!\\w)`, 'i').test(query);
}

/** Such a change as runs now, for more than a second, and waits for nobody. */
function runningChange({ statements }: LongFacts, indexes: IndexFacts) {
  const long = statements.filter(({ waitType }) => waitType !== 'Lock').toSorted((a, b) => b.runningSeconds - a.runningSeconds);
  return indexes.foreignKeys.flatMap((key) => {
    const found = long.find(({ query }) => changes(query, key.parent));
    return found === undefined ? [] : [{ key, found }];
  })[0];
}

/** One that runs into its time limit is in no statistics: that it is given up, the logs tell. */
const changeOfTheParentRunsLong = rule({ long: pgLongQueries, indexes: pgIndexes, logs: k8sLogs }, ({ long, indexes, logs }, context) => {
  const running = runningChange(long, indexes);
  if (running === undefined) return no('No statement that runs long changes a table that a foreign key without an index refers to.');
  const { key, found } = running;
  if (found.runningSeconds <= long.warnSeconds && justLogged('log.npgsql.cmd_timeout', logs, context) === undefined)
    return no(`${short(found.query, 100)} has run for ${seconds(found.runningSeconds)} only, and no statement was given up.`);
  return yes(
    `${short(found.query, 100)} has run for ${seconds(found.runningSeconds)}, and ${key.table} (${key.columns}) refers to ${key.parent} without an index.`,
  );
});

export const foreignKeyWithoutIndex = defineCause({
  id: 'db.fk_without_index',
  title: 'A foreign key without an index makes changes of its parent slow',
  requires: [anyOf(statementsAreSlow, changeOfTheParentRunsLong), waitsDoNotBlur, anyOf(slowChangeOfTheParent, changeOfTheParentRunsLong)],
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
  const [statements, long, indexes] = [context.facts(pgStatements), context.facts(pgLongQueries), context.facts(pgIndexes)];
  if (indexes === null) return undefined;
  const slow = statements === null ? undefined : unindexedKey(statements, indexes);
  return slow ?? (long === null ? undefined : runningChange(long, indexes)?.key);
}
