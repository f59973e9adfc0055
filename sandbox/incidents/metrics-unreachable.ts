import { defineIncident, type ObjectHeader } from '../incident.ts';

const PORT = 9464;

/** Metrics move to a port of their own where nobody listens yet, or collecting them takes longer than a scrape waits. */
export default defineIncident({
  id: 'metrics-unreachable',
  title: 'Alerts say that the service is gone, and nobody who uses it has noticed',
  truth: 'metrics.target_down',
  topic: 'metrics',
  start: async (world, random) => {
    const { name, namespace, replicas } = world.deployment;
    const service: ObjectHeader = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } };
    const moved = random.pick([true, false]);
    if (moved) {
      await world.kubernetes.patch(service, { spec: { ports: [{ name: 'metrics', port: PORT, targetPort: PORT }] } });
      await world.monitoring.setServiceMonitor({ port: 'metrics' });
    } else {
      await world.kubernetes.patchContainer({ image: world.publish({ metricsPage: 'slow' }) });
    }
    return {
      ready: async () => {
        const { up, down } = await world.observe.scrapes();
        return up === 0 && down >= replicas;
      },
      stop: async () => {
        if (!moved) return world.kubernetes.restoreDeployment();
        await world.monitoring.restoreServiceMonitor();
        await world.kubernetes.patch(service, { spec: { ports: [{ port: PORT, $patch: 'delete' }] } });
      },
    };
  },
});
