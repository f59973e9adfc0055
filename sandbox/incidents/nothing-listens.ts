import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** The server is shut down, and nobody starts it again. */
export default defineIncident({
  id: 'nothing-listens',
  title: 'Nearly every request fails, with conflicts of all things',
  truth: 'db.unreachable.refused',
  topic: 'postgres',
  start: async (world, random) => {
    await delay(random.between(0, 2_000));
    await world.database.setAddress('refuses');
    await world.database.shutDown('fast');
    return {
      ready: async () => world.observe.podsThatLogged('Connection refused', 60) >= world.deployment.replicas - 1,
      stop: async () => {
        await world.database.startAgain();
        await world.database.setAddress('open');
      },
    };
  },
});
