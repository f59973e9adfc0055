import { defineIncident, type ObjectHeader } from '../incident.ts';

/** An HPA goes by memory as well as by CPU, with a target below what a pod needs at rest. */
export default defineIncident({
  id: 'pods-multiplied',
  title: 'There are more pods than ever, and they have nothing to do',
  truth: 'perf.memory_hpa',
  topic: 'memory',
  start: async (world, random) => {
    const { name, namespace, replicas } = world.deployment;
    const resource = (metric: string, averageUtilization: number): object => ({
      type: 'Resource',
      resource: { name: metric, target: { type: 'Utilization', averageUtilization } },
    });
    const autoscaler: ObjectHeader = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: replicas,
        maxReplicas: replicas + 1,
        metrics: [resource('cpu', 75), resource('memory', random.whole(45, 54))],
      },
    };
    await world.kubernetes.create(autoscaler);
    return {
      ready: async () => {
        const ready = (await world.kubernetes.pods()).filter((pod) => pod.ready).length;
        return ready > replicas && (await world.observe.autoscalerLimited());
      },
      stop: async () => {
        await world.kubernetes.delete(autoscaler);
        await world.kubernetes.patchDeployment({ spec: { replicas } });
      },
    };
  },
});
