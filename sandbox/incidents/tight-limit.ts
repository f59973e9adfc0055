import { defineIncident } from '../incident.ts';

/** Somebody saved CPU: the limit is cut down to the request, and reports come in bursts. On average there is CPU to spare. */
export default defineIncident({
  id: 'tight-limit',
  title: 'Answers became sluggish after the cost review',
  truth: 'perf.throttled',
  topic: 'latency',
  start: async (world, random) => {
    const limit = random.whole(26, 29) * 10;
    const amounts = { cpu: `${limit}m` };
    await world.kubernetes.patchContainer({ resources: { limits: amounts, requests: amounts } });
    const endTraffic = world.addTraffic({ route: 'reports', query: '?rows=6000', requestsPerSecond: random.between(0.55, 0.7) });
    return {
      ready: async () => {
        const p95 = await world.observe.p95Seconds();
        return p95 !== undefined && p95 > 0.6;
      },
      stop: async () => {
        endTraffic();
        await world.kubernetes.restoreDeployment();
      },
    };
  },
});
