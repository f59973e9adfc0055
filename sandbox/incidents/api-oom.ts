import { defineIncident } from '../incident.ts';

/** The end of the quarter: people export reports that are far larger than any before. */
export default defineIncident({
  id: 'api-oom',
  title: 'Requests break off in the middle, all over the service',
  truth: 'api.oom',
  topic: 'api',
  accepted: ['perf.memory_limit_low'],
  start: async (world, random) => {
    const rows = random.whole(18_000, 20_000);
    const endTraffic = world.addTraffic({ route: 'reports', query: `?rows=${rows}`, requestsPerSecond: random.between(0.5, 0.6) });
    return {
      ready: async () => (await world.kubernetes.pods()).filter(({ ended }) => ended?.reason === 'OOMKilled').length >= 2,
      stop: async () => endTraffic(),
    };
  },
});
