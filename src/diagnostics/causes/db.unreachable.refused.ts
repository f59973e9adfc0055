import { pgConnect } from '../checks/pg.connect.ts';
import { bothSides, botMeets, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const botIsRefused = botMeets('refused', 'is refused');

/** Nothing listens at the address: the host answers, PostgreSQL does not. */
export const databaseRefused = defineCause({
  id: 'db.unreachable.refused',
  title: 'Nothing listens where the pods look for PostgreSQL',
  requires: [podsLogged('log.npgsql.refused', 'their connection to PostgreSQL was refused')],
  direct: botIsRefused,
  supports: [errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES],
  summary: (context) =>
    `${loggedTimes(context, 'log.npgsql.refused')} got a refusal from the host of PostgreSQL: it is there, and nothing listens on the port. ${bothSides(context, 'refused', 'the host or port in the connection string of the pods is another one, or something on their way refuses.')}`,
  advice: (context) => [
    context.facts(pgConnect)?.connected === true
      ? 'Compare host and port in the connection string of the Deployment with those of the server, and look at the network policies of the namespace.'
      : 'See on the host of PostgreSQL whether the server runs (systemctl status postgresql, or pg_ctl status) and start it; its log says why it stopped. Pods connect again by themselves: no restart is needed.',
  ],
});
