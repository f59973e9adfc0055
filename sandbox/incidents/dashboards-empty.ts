import { defineIncident } from '../incident.ts';

/** Somebody edits or deletes the data source that the dashboards read; Prometheus has everything. */
export default defineIncident({
  id: 'dashboards-empty',
  title: 'All dashboards show errors in red corners and nothing else',
  truth: 'metrics.dashboard',
  topic: 'metrics',
  start: async (world, random) => {
    world.monitoring.setGrafanaDatasource(random.pick(['deleted', { port: random.whole(19_090, 19_099) }]));
    return {
      ready: async () => (await world.observe.scrapes()).up === world.deployment.replicas,
      stop: async () => world.monitoring.setGrafanaDatasource('restored'),
    };
  },
});
