import { anyOf } from '../rules/rule.ts';
import { bothSides, botMeets, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const serverSaysSo = anyOf(
  podsLogged('log.pg.not_accepting', 'PostgreSQL takes no connections at the moment'),
  botMeets('not-accepting', 'is told that the server takes no connections'),
);

/** The server runs and says that it is starting up, shutting down or recovering. */
export const databaseNotAccepting = defineCause({
  id: 'db.not_accepting',
  title: 'PostgreSQL is starting up, shutting down or recovering',
  requires: [serverSaysSo],
  direct: serverSaysSo,
  supports: [errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES, 'db.unreachable.refused'],
  summary: (context) =>
    `${loggedTimes(context, 'log.pg.not_accepting')} got error 57P03: PostgreSQL runs and takes no new connections for now. ${bothSides(context, 'not-accepting', 'it was let in before, or the server has come back in the meantime.')}`,
  advice: () => [
    "Wait for it, and read the server's log to see which it is. A recovery after a crash takes as long as there is to replay: do not kill it, it would begin again. A shutdown that does not end waits for open sessions (a smart shutdown): end them, or finish with pg_ctl stop -m fast, and start the server.",
  ],
});
