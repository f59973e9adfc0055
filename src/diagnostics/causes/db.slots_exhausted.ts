import { appPoolCapacity } from '../checks/app.pool_capacity.ts';
import { pgCapacity } from '../checks/pg.capacity.ts';
import { percent, some } from '../rules/phrases.ts';
import { anyOf, decide, rule } from '../rules/rule.ts';
import { botMeets, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { changePoolSize, endForgottenTransactions, largestPool } from '../signs/pool.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const podsFindNone = podsLogged('log.pg.slots', 'the server has no connection slot left');
const botFindsNone = botMeets('slots-exhausted', 'finds no connection slot');

const slotsAreUsed = rule({ capacity: pgCapacity }, ({ capacity: { used, usable, usedRatio, failRatio } }) => {
  const text = `${used} of ${usable} usable connection slots are used (${percent(usedRatio)})`;
  return decide(usedRatio > failRatio, `${text}, above ${percent(failRatio)}.`, `${text}, not above ${percent(failRatio)}.`);
});

/** The server as a whole is full. A larger pool makes it worse. */
export const slotsExhausted = defineCause({
  id: 'db.slots_exhausted',
  title: 'PostgreSQL has no connection slot left',
  requires: [anyOf(podsFindNone, botFindsNone)],
  direct: anyOf(podsFindNone, botFindsNone),
  supports: [slotsAreUsed, botFindsNone, errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES, 'app.pool_capacity'],
  summary: (context) => {
    const capacity = context.facts(pgCapacity);
    const seen =
      capacity === null
        ? ' Who holds them could not be looked at.'
        : ` ${capacity.used} of ${capacity.usable} are used. ${holdersOf(context)}`;
    return `${loggedTimes(context, 'log.pg.slots')} got error 53300: the server has no slot left for them.${seen}`;
  },
  remediations: (context) => [...endForgottenTransactions(context), ...smallerPool(context)],
  advice: (context) => [
    ...(context.facts(pgCapacity) === null
      ? [
          "See who holds them, as a superuser (three slots are kept for it): SELECT usename, application_name, client_addr, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3 ORDER BY 4 DESC. With pg_use_reserved_connections (PostgreSQL 16 and later) the bot's role could look itself.",
        ]
      : [`Ask whoever runs the program that holds the most to give connections back. ${holdersOf(context)}`]),
    'Do not raise the pool: that makes it worse. Do not end idle sessions in bulk: one may hold the lock of a running deployment. max_connections needs a restart of the server, standbys first, and memory for each connection.',
  ],
});

function holdersOf(context: ConclusionContext): string {
  const holders = (context.facts(pgCapacity)?.holders ?? []).map(({ who, connections }) => `${who} ${connections}`);
  return holders.length === 0 ? '' : `The most are held by ${some(holders)}.`;
}

/** Where the application's own pools ask for more than the server has. */
function smallerPool(context: ConclusionContext) {
  const pool = context.facts(appPoolCapacity);
  const most = largestPool(context);
  if (
    pool === null ||
    most === null ||
    pool.demand === null ||
    pool.poolSize === null ||
    pool.demand <= pool.usable ||
    most >= pool.poolSize
  )
    return [];
  return changePoolSize(
    context,
    most,
    `${pool.pods} pods with pools of ${pool.poolSize} may ask for more than the ${pool.usable} usable slots.`,
  );
}
