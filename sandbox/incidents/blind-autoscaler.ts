import { defineIncident, type ObjectHeader } from '../incident.ts';

/** The autoscaler is to follow a number of a system that nobody installed, and traffic grows. */
export default defineIncident({
  id: 'blind-autoscaler',
  title: 'A campaign went live, and nothing grows with it',
  truth: 'perf.hpa_broken',
  topic: 'latency',
  start: async (world, random) => {
    const { name, namespace, replicas, cpuLimitMillicores } = world.deployment;
    const autoscaler: ObjectHeader = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: replicas,
        maxReplicas: replicas * 3,
        metrics: [
          {
            type: 'External',
            external: {
              metric: { name: random.pick(['queue_length', 'requests_waiting']) },
              target: { type: 'AverageValue', averageValue: '10' },
            },
          },
        ],
      },
    };
    await world.kubernetes.create(autoscaler);
    const wanted = random.between(1.18, 1.3) * replicas * cpuLimitMillicores;
    const rows = random.whole(1_800, 2_400);
    const requestsPerSecond = Math.max(1, (wanted - world.everydayMillicores()) / (rows * world.reportCpuMsPerRow));
    const endTraffic = world.addTraffic({ route: 'reports', query: `?rows=${rows}`, requestsPerSecond });
    return {
      ready: async () => {
        const p95 = await world.observe.p95Seconds();
        return world.observe.cpuShare() > 0.95 && p95 !== undefined && p95 > 1;
      },
      stop: async () => {
        endTraffic();
        await world.kubernetes.delete(autoscaler);
      },
    };
  },
});
