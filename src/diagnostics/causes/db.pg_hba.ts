import { bothSides, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const noEntry = podsLogged('log.pg.hba', 'no line of pg_hba.conf lets them in');

/** The server itself says that its access rules have no line for this client, user and database. */
export const databaseAccessRules = defineCause({
  id: 'db.pg_hba',
  title: "PostgreSQL's access rules keep the application out",
  requires: [noEntry],
  direct: noEntry,
  supports: [errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES],
  summary: (context) =>
    `${loggedTimes(context, 'log.pg.hba')} got error 28000: pg_hba.conf has no line that lets the application in from where the pods are. ${bothSides(context, 'pg-hba', 'the rules let the bot in and not the application.')}`,
  advice: ({ target }) => [
    `Read the message in the log of a pod. Where it ends with "no encryption", a hostssl line asks for TLS: set SSL Mode=Require in the connection string. Else add a line for role ${target.database.applicationRoles.join(', ')} and the addresses of the pods to pg_hba.conf, SELECT pg_reload_conf(), and see in pg_hba_file_rules that it was understood.`,
  ],
});
