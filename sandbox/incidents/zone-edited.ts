import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** Somebody edits the zone, and a name is gone from the cluster's DNS; connections break soon after, as they do. */
export default defineIncident({
  id: 'zone-edited',
  title: 'Errors everywhere since the network team tidied up',
  truth: 'db.unreachable.dns',
  topic: 'postgres',
  start: async (world, random) => {
    world.database.setNameKnown(false);
    await delay(random.between(500, 3_000));
    world.database.resetConnections();
    return {
      ready: async () => world.observe.podsThatLogged('Name or service not known', 60) >= world.deployment.replicas,
      stop: async () => world.database.setNameKnown(true),
    };
  },
});
