import { pgConnect } from '../checks/pg.connect.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { bothSides, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const passwordIsRefused = podsLogged('log.pg.auth', 'PostgreSQL refused their password');

const botGetsIn = rule({ connect: pgConnect }, ({ connect }) =>
  connect.connected
    ? yes('The bot gets in with its own role: the server is up, and lets in who has the right password.')
    : no('The bot cannot get in.'),
);

/** The server itself says that the password is wrong. The bot has another role with a password of its own. */
export const databasePassword = defineCause({
  id: 'db.auth_failed',
  title: 'PostgreSQL refuses the password of the application',
  requires: [passwordIsRefused],
  direct: passwordIsRefused,
  supports: [botGetsIn, errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES],
  summary: (context) =>
    `${loggedTimes(context, 'log.pg.auth')} got error 28P01: the password that the pods have is not the one of their role (${context.target.database.applicationRoles.join(', ')}). ${bothSides(context, 'auth-failed', 'only the credentials of the application are wrong.')}`,
  advice: ({ target }) => [
    `Find out whether the password was just rotated. Put the present one where the connection string of deployment/${target.kubernetes.deployment} comes from (its Secret, or the values of its chart), then roll out. A restart alone changes nothing while the source holds the old one.`,
  ],
});
