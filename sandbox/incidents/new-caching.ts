import { defineIncident } from '../incident.ts';

const HELD = `SELECT count(*)::int FROM pg_stat_activity
  WHERE usename = 'hotswap' AND datname = current_database() AND state = 'idle in transaction' AND state_change < clock_timestamp() - interval '61 seconds'`;

/** A release whose code begins transactions and does not come back to some of them. */
export default defineIncident({
  id: 'new-caching',
  title: 'The service was quick after the release, and then stopped answering',
  truth: 'app.pool_exhausted.leak',
  topic: 'postgres',
  start: async (world, random) => {
    await world.kubernetes.patchContainer({ image: world.publish({ forgetsTransactionInShare: random.between(0.12, 0.25) }) });
    const endTraffic = world.addTraffic({ route: 'reports', requestsPerSecond: 8, query: '?rows=20' });
    return {
      ready: async () => {
        const held = await world.observe.number(HELD);
        return held >= 18 && world.observe.podsThatLogged('The connection pool has been exhausted', 60) >= 2;
      },
      stop: async () => {
        endTraffic();
        await world.kubernetes.restoreDeployment();
      },
    };
  },
});
