import { defineIncident } from '../incident.ts';

/** Prometheus has restarted, and replays its log. */
export default defineIncident({
  id: 'prometheus-replaying',
  title: 'Every dashboard of every team is empty',
  truth: 'prom.down',
  topic: 'metrics',
  start: async (world) => {
    world.monitoring.setPrometheusReady(false);
    return {
      ready: async () => !(await world.observe.prometheusAnswers()),
      stop: async () => world.monitoring.setPrometheusReady(true),
    };
  },
});
