import { defineIncident, type ObjectHeader } from '../incident.ts';

const TARGET_UTILIZATION = 75;

/** An HPA owns the replicas, and traffic grows beyond what its maximum can carry. */
export default defineIncident({
  id: 'hpa-at-max',
  title: 'A campaign went live and answers take seconds',
  truth: 'perf.hpa_at_max',
  topic: 'latency',
  start: async (world, random) => {
    const { name, namespace, replicas, cpuLimitMillicores } = world.deployment;
    const maxReplicas = replicas + random.whole(0, 1);
    const autoscaler: ObjectHeader = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: replicas,
        maxReplicas,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: TARGET_UTILIZATION } } }],
      },
    };
    await world.kubernetes.create(autoscaler);
    const wanted = random.between(1.18, 1.3) * maxReplicas * cpuLimitMillicores;
    const rows = random.whole(1_800, 2_400);
    const requestsPerSecond = Math.max(1, (wanted - world.everydayMillicores()) / (rows * world.reportCpuMsPerRow));
    const endTraffic = world.addTraffic({ route: 'reports', query: `?rows=${rows}`, requestsPerSecond });
    return {
      ready: async () => {
        const p95 = await world.observe.p95Seconds();
        const limited = await world.observe.autoscalerLimited();
        return limited && world.observe.cpuShare() > 0.95 && p95 !== undefined && p95 > 1;
      },
      stop: async () => {
        endTraffic();
        await world.kubernetes.delete(autoscaler);
      },
    };
  },
});
