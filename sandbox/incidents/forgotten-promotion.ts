import { holdSession } from '../held-session.ts';
import { defineIncident } from '../incident.ts';

const REFUSED = 'Failed to acquire lock for resource';

/** A program holds the lock under which deployments of an environment are promoted, and does nothing with it. */
export default defineIncident({
  id: 'forgotten-promotion',
  title: 'Promotions take long and are then refused',
  truth: 'app.advisory_contention',
  topic: 'latency',
  start: async (world, random) => {
    const session = await holdSession(world, random.pick(['hotswap-api', 'hotswap-deployer', 'hotswap-console']));
    await session.run("SELECT pg_advisory_lock(hashtext('environment:Production'))");
    const endTraffic = world.addTraffic({ route: 'promotions', requestsPerSecond: random.between(2.2, 2.8) });
    return {
      ready: async () => {
        const p95 = await world.observe.p95Seconds();
        return world.observe.podsThatLogged(REFUSED, 60) >= 2 && p95 !== undefined && p95 > 0.6;
      },
      stop: async () => {
        endTraffic();
        await session.end();
      },
    };
  },
});
