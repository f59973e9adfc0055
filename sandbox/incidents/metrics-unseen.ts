import { defineIncident } from '../incident.ts';

/** What tells Prometheus to scrape the service is taken away, or no longer fits the service. */
export default defineIncident({
  id: 'metrics-unseen',
  title: 'The service has vanished from the dashboards, and people go on using it',
  truth: 'metrics.no_target',
  topic: 'metrics',
  start: async (world, random) => {
    const change = random.pick([
      null,
      { matchLabels: { 'app.kubernetes.io/name': 'hotswap' } },
      { port: random.pick(['web', 'http-metrics']) },
      { labels: { release: random.pick(['monitoring', 'kube-prometheus']) } },
    ]);
    await world.monitoring.setServiceMonitor(change ?? undefined);
    return {
      ready: async () => {
        const { up, down } = await world.observe.scrapes();
        return up + down === 0;
      },
      stop: () => world.monitoring.restoreServiceMonitor(),
    };
  },
});
