import { pgCapacity } from '../checks/pg.capacity.ts';
import { anyOf, decide, rule } from '../rules/rule.ts';
import { botMeets, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const databaseIsFull = podsLogged('log.pg.database_limit', 'their database takes no more connections');
const botIsKeptOut = botMeets('database-limit', 'is told that the database takes no more connections');

const limitIsSeen = rule({ capacity: pgCapacity }, ({ capacity: { databaseLimit, inThisDatabase } }) =>
  decide(
    databaseLimit !== null && inThisDatabase >= databaseLimit,
    `The database holds ${inThisDatabase} connections, its CONNECTION LIMIT is ${databaseLimit}.`,
    'The database is not at its CONNECTION LIMIT just now.',
  ),
);

export const databaseLimitReached = defineCause({
  id: 'db.database_limit',
  title: 'The database takes no more connections: its own limit is reached',
  requires: [anyOf(databaseIsFull, botIsKeptOut)],
  direct: anyOf(databaseIsFull, botIsKeptOut),
  supports: [botIsKeptOut, limitIsSeen, errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES],
  summary: (context) => {
    const capacity = context.facts(pgCapacity);
    const limit = capacity?.databaseLimit ?? null;
    const seen = limit === null ? '' : ` It holds ${capacity?.inThisDatabase ?? 0} connections of ${limit}.`;
    return `${loggedTimes(context, 'log.pg.database_limit')} got error 53300: the CONNECTION LIMIT of the database is reached, whatever the server has to spare.${seen}`;
  },
  advice: () => [
    'Raise the limit to what the pods and the other clients may open, a rollout included: ALTER DATABASE … CONNECTION LIMIT n (-1 is none); it holds at once and needs no restart.',
  ],
});
