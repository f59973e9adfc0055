import { defineIncident } from '../incident.ts';

/** Many people export reports, which is work for the processor: more than the pods' limits allow together. No HPA is there. */
export default defineIncident({
  id: 'cpu-saturation',
  title: 'Everything is sluggish, with half the company exporting reports',
  truth: 'perf.cpu_saturation',
  topic: 'latency',
  start: async (world, random) => {
    const { replicas, cpuLimitMillicores } = world.deployment;
    const wanted = random.between(1.18, 1.32) * replicas * cpuLimitMillicores;
    const rows = random.whole(1_800, 2_400);
    const requestsPerSecond = Math.max(1, (wanted - world.everydayMillicores()) / (rows * world.reportCpuMsPerRow));
    const endTraffic = world.addTraffic({ route: 'reports', query: `?rows=${rows}`, requestsPerSecond });
    return {
      ready: async () => {
        const p95 = await world.observe.p95Seconds();
        return world.observe.cpuShare() > 0.95 && p95 !== undefined && p95 > 1;
      },
      stop: async () => endTraffic(),
    };
  },
});
