import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** Whatever is sent to the server's address is lost. */
export default defineIncident({
  id: 'packets-lost',
  title: 'Requests hang, and then fail one after the other',
  truth: 'db.unreachable.timeout',
  topic: 'postgres',
  accepted: ['app.pool_exhausted.busy'],
  start: async (world, random) => {
    await delay(random.between(0, 2_000));
    if (random.next() < 0.5) world.database.resetConnections();
    await world.database.setAddress('silent');
    return {
      ready: async () => world.observe.podsThatLogged('Timeout during connection attempt', 60) >= world.deployment.replicas - 1,
      stop: () => world.database.setAddress('open'),
    };
  },
});
