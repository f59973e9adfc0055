import { pgIndexes } from '../checks/pg.indexes.ts';
import { pgStatements } from '../checks/pg.statements.ts';
import { milliseconds, percent, short } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { errorsAreHigh, latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { waitsDoNotBlur } from '../signs/locks.ts';
import { statementsAreSlow, unindexedTables } from '../signs/statements.ts';
import { defineCause } from '../types.ts';

const noIndexIsMissing = rule({ statements: pgStatements, indexes: pgIndexes }, ({ statements, indexes }, { thresholds }) => {
  const [worst] = unindexedTables(statements, indexes, thresholds.indexTableMinimumBytes);
  return worst === undefined
    ? yes('No slow statement reads a large table from end to end.')
    : no(`The slow statement reads ${worst.table} from end to end: an index is missing.`);
});

export const slowStatement = defineCause({
  id: 'db.slow_query.other',
  title: 'Statements are slow for another reason than an index',
  requires: [statementsAreSlow, waitsDoNotBlur, noIndexIsMissing],
  contradicts: [latencyIsNormal],
  supports: [latencyIsHigh, errorsAreHigh],
  explains: [...SYMPTOMS, 'pg.statements', 'pg.long_queries', 'pg.capacity', 'pg.activity', 'app.pool_exhausted.busy', 'k8s.logs'],
  summary: (context) => {
    const [worst] = context.facts(pgStatements)?.slow ?? [];
    if (worst === undefined) return 'Statements are slow.';
    return `${short(worst.query, 140)} takes ${milliseconds(worst.meanMs)} on average and ${percent(worst.shareOfDatabaseTime)} of the database's time.`;
  },
  advice: (context) => {
    const [worst] = context.facts(pgStatements)?.slow ?? [];
    if (worst === undefined) return [];
    const plan = worst.planNotSeen === null ? '' : ` The bot could not: ${worst.planNotSeen}.`;
    return [
      `Look at the plan with EXPLAIN (ANALYZE, BUFFERS) ${short(worst.query, 200)}: rows read, disk, and how often it is called (${worst.calls} times between the readings).${plan}`,
    ];
  },
});
