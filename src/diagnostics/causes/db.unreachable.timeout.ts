import { pgConnect } from '../checks/pg.connect.ts';
import { bothSides, botMeets, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh, latencyIsHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

/** Packets are lost, or the host is gone or hangs: nobody answers, not even with a refusal. */
export const databaseSilent = defineCause({
  id: 'db.unreachable.timeout',
  title: 'PostgreSQL does not answer the pods at all',
  requires: [podsLogged('log.npgsql.connect_timeout', 'PostgreSQL did not answer when they connected')],
  direct: botMeets('timeout', 'gets no answer'),
  supports: [errorsAreHigh, latencyIsHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES],
  summary: (context) =>
    `${loggedTimes(context, 'log.npgsql.connect_timeout')} waited for a connection to PostgreSQL in vain: nobody answers, and nobody refuses. ${bothSides(context, 'timeout', 'packets from the pods are lost on the way, as behind a network policy or a firewall.')}`,
  advice: (context) => [
    context.facts(pgConnect)?.connected === true
      ? 'Look at what changed between the pods and the host of PostgreSQL: network policies of the namespace, firewall rules, routes.'
      : 'See whether the host of PostgreSQL is up and not hung (its console, not SSH alone), then the firewall and the routes to it. A longer timeout only makes requests wait longer.',
  ],
});
