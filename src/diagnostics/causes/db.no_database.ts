import { bothSides, DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const databaseIsUnknown = podsLogged('log.pg.no_database', 'their database does not exist');

export const databaseMissing = defineCause({
  id: 'db.no_database',
  title: 'The database of the application does not exist under its name',
  requires: [databaseIsUnknown],
  direct: databaseIsUnknown,
  supports: [errorsAreHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES],
  summary: (context) =>
    `${loggedTimes(context, 'log.pg.no_database')} got error 3D000: the server is up and has no database of that name. ${bothSides(context, 'no-database', 'the pods ask for another database than the bot.')}`,
  advice: () => [
    'List what there is: SELECT datname FROM pg_database. Where it was renamed, rename it back (ALTER DATABASE … RENAME TO …) or change Database= in the connection string. Where it was dropped, stop everything that could create it anew and restore it from the backup.',
  ],
});
