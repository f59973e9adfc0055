import { escapeIdentifier } from 'pg';
import { defineIncident } from '../incident.ts';

/** An administrator gives each role a fair share of the server, and has everybody connect anew. */
export default defineIncident({
  id: 'fair-share',
  title: 'Many requests fail, others work',
  truth: 'db.role_limit',
  topic: 'postgres',
  start: async (world, random) => {
    const { database } = world;
    const limit = (connections: number) => `ALTER ROLE ${escapeIdentifier(database.role)} CONNECTION LIMIT ${connections}`;
    await database.administer(limit(random.whole(3, 5)));
    await database.endSessions(database.role);
    return {
      ready: async () => world.observe.podsThatLogged('53300: too many connections', 60) >= 2,
      stop: () => database.administer(limit(-1)),
    };
  },
});
