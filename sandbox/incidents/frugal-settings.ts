import { defineIncident } from '../incident.ts';

/** A release that reads more in small steps, and whose settings were trimmed by somebody who counts connections. */
export default defineIncident({
  id: 'frugal-settings',
  title: 'Since the release requests fail as soon as there is something to do',
  truth: 'app.pool_too_small',
  topic: 'postgres',
  start: async (world, random) => {
    const value = world.database.connectionString({ 'Maximum Pool Size': 1, Timeout: 2 });
    await world.kubernetes.patchContainer({
      image: world.publish({ auditPages: random.whole(16, 20) }),
      env: [{ name: 'ConnectionStrings__DefaultConnection', value }],
    });
    const endTraffic = world.addTraffic({ route: 'reports', requestsPerSecond: random.between(22, 28), query: '?rows=20' });
    return {
      ready: async () => world.observe.podsThatLogged('The connection pool has been exhausted', 60) >= 2,
      stop: async () => {
        endTraffic();
        await world.kubernetes.restoreDeployment();
      },
    };
  },
});
