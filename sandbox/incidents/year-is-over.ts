import { defineIncident } from '../incident.ts';

/** The certificate of the server runs out, or somebody replaces it by one that nobody trusts, or switches encryption off. */
export default defineIncident({
  id: 'year-is-over',
  title: 'All clients of the service see errors since the small hours',
  truth: 'db.tls',
  topic: 'postgres',
  start: async (world, random) => {
    const { database } = world;
    const what = random.pick(['expired', 'expired', 'of-another-authority', 'off'] as const);
    const reload = 'SELECT pg_reload_conf()';
    if (what === 'off') await database.administer('ALTER SYSTEM SET ssl = off', reload);
    else await database.setCertificate(what);
    await database.endSessions(database.role);
    return {
      ready: async () => world.observe.podsThatLogged('SSL', 60) >= world.deployment.replicas,
      stop: async () => {
        if (what === 'off') await database.administer('ALTER SYSTEM RESET ssl', reload);
        else await database.setCertificate('valid');
      },
    };
  },
});
