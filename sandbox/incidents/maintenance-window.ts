import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** The server is told to shut down once everybody is done; one program is not done for a long time. */
export default defineIncident({
  id: 'maintenance-window',
  title: 'The maintenance window is over, and requests still fail',
  truth: 'db.not_accepting',
  topic: 'postgres',
  start: async (world, random) => {
    const { database } = world;
    await delay(random.between(0, 1_500));
    const session = await database.otherProgram(random.pick(['pg_dump', 'psql', 'insight-export']));
    await session.query('SELECT 1');
    await database.shutDown('smart');
    database.resetConnections();
    return {
      ready: async () => world.observe.podsThatLogged('57P03', 60) >= world.deployment.replicas,
      stop: async () => {
        await session.end().catch(() => {});
        await database.startAgain();
      },
    };
  },
});
