import { pgActivity } from '../checks/pg.activity.ts';
import { pgLongQueries } from '../checks/pg.long_queries.ts';
import { seconds, short } from '../rules/phrases.ts';
import { DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh, latencyIsHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import {
  POOL_EXHAUSTED,
  poolIsExhausted,
  poolsAreFull,
  sessionsAreBusy,
  statementsRunLong,
  transactionsAreForgotten,
} from '../signs/pool.ts';
import { defineCause } from '../types.ts';

/** Slow statements, or waiting for locks: whatever makes them so is the cause behind this one, where it can be seen. */
export const poolBusy = defineCause({
  id: 'app.pool_exhausted.busy',
  title: 'Every connection of the pools is busy with statements that take long',
  requires: [poolIsExhausted, sessionsAreBusy, statementsRunLong],
  contradicts: [transactionsAreForgotten],
  direct: sessionsAreBusy,
  supports: [podsLogged('log.npgsql.cmd_timeout', 'a statement ran into its time limit'), poolsAreFull, latencyIsHigh, errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES, 'pg.long_queries', 'pg.statements'],
  summary: (context) => {
    const activity = context.facts(pgActivity);
    const [longest] = context.facts(pgLongQueries)?.statements ?? [];
    const example = longest === undefined ? '' : ` The longest: ${short(longest.query, 140)}`;
    return `${loggedTimes(context, POOL_EXHAUSTED)} found no free connection: ${activity?.active ?? 0} of ${activity?.connections ?? 0} run statements, for ${seconds(activity?.meanStatementSeconds ?? 0)} so far on average.${example}`;
  },
  advice: (context) => {
    const waiting = context.facts(pgActivity)?.waitingOnLock ?? 0;
    const [longest] = context.facts(pgLongQueries)?.statements ?? [];
    return [
      waiting > 0
        ? `${waiting} of them wait for locks: deal with who holds them up first (topic latency shows it).`
        : `Make the statements quicker first${longest === undefined ? '' : `: EXPLAIN ${short(longest.query, 160)}`}. Statements that never end within the command timeout do not show in pg_stat_statements.`,
      'A larger pool lets more of them run at once and makes each slower; a restart only drops what is in flight.',
    ];
  },
});
