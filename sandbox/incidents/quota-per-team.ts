import { escapeIdentifier } from 'pg';
import { defineIncident } from '../incident.ts';

/** An administrator gives each database a quota, and has everybody connect anew. */
export default defineIncident({
  id: 'quota-per-team',
  title: 'Some requests fail since the platform team set quotas',
  truth: 'db.database_limit',
  topic: 'postgres',
  start: async (world, random) => {
    const { database } = world;
    const limit = (connections: number) => `ALTER DATABASE ${escapeIdentifier(database.database)} CONNECTION LIMIT ${connections}`;
    await database.administer(limit(random.whole(2, 4)));
    await database.endSessions(database.role);
    return {
      ready: async () => world.observe.podsThatLogged('53300: too many connections', 60) > 0,
      stop: () => database.administer(limit(-1)),
    };
  },
});
