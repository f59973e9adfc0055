import { defineIncident } from '../incident.ts';

/** A release that adds a summary to pages: the database never gets to the end of it. */
export default defineIncident({
  id: 'yearly-figures',
  title: 'Pages stay blank since figures were added to them',
  truth: 'app.pool_exhausted.busy',
  topic: 'postgres',
  start: async (world, random) => {
    await world.kubernetes.patchContainer({ image: world.publish({ summarisesInShare: random.between(0.45, 0.7) }) });
    const endTraffic = world.addTraffic({ route: 'reports', requestsPerSecond: 8, query: '?rows=20' });
    return {
      ready: async () => world.observe.podsThatLogged('The connection pool has been exhausted', 60) >= 2,
      stop: async () => {
        endTraffic();
        await world.kubernetes.restoreDeployment();
      },
    };
  },
});
