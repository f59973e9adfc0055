import { defineIncident } from '../incident.ts';

const ROWS = 6_000;

/** Somebody saved CPU: the limit is cut down to the request, and reports come in bursts. On average there is CPU to spare. */
export default defineIncident({
  id: 'tight-limit',
  title: 'Answers became sluggish after the cost review',
  truth: 'perf.throttled',
  topic: 'latency',
  start: async (world, random) => {
    const requestsPerSecond = random.between(0.55, 0.7);
    const wanted = world.everydayMillicores() + requestsPerSecond * ROWS * world.reportCpuMsPerRow;
    const limit = Math.round(wanted / random.between(0.68, 0.76) / world.deployment.replicas);
    const amounts = { cpu: `${limit}m` };
    await world.kubernetes.patchContainer({ resources: { limits: amounts, requests: amounts } });
    const endTraffic = world.addTraffic({ route: 'reports', query: `?rows=${ROWS}`, requestsPerSecond });
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
