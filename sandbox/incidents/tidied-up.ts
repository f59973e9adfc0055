import { escapeIdentifier } from 'pg';
import { defineIncident } from '../incident.ts';

/** Somebody renames what is in use. */
export default defineIncident({
  id: 'tidied-up',
  title: 'Requests fail since somebody tidied up',
  truth: 'db.no_database',
  topic: 'postgres',
  start: async (world, random) => {
    const { database } = world;
    const name = `${database.database}_${random.pick(['old', 'legacy', 'v1', '2024'])}`;
    await database.administer(...renamed(database.database, name));
    return {
      ready: async () => world.observe.podsThatLogged('3D000', 60) >= world.deployment.replicas,
      stop: () => database.administer(...renamed(name, database.database)),
    };
  },
});

/** Nobody may be connected to a database that is renamed. */
function renamed(from: string, to: string): readonly string[] {
  const old = escapeIdentifier(from);
  return [
    `ALTER DATABASE ${old} ALLOW_CONNECTIONS false`,
    `SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE datname = '${from}'`,
    `ALTER DATABASE ${old} RENAME TO ${escapeIdentifier(to)}`,
    `ALTER DATABASE ${escapeIdentifier(to)} ALLOW_CONNECTIONS true`,
  ];
}
