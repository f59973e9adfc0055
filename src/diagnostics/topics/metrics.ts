import { defineTopic } from '../types.ts';

export const metrics = defineTopic({
  id: 'metrics',
  title: 'Metrics',
  aliases: ['grafana', 'prometheus'],
  guideSection: 'Metrics Not Showing in Grafana',
  runbooks: [{ title: 'Metrics of the service', path: '../PROMETHEUS_METRICS_GUIDE.md' }],
  question: 'Do metrics arrive?',
  causes: [
    'metrics.auth',
    'metrics.dashboard',
    'metrics.endpoint_404',
    'metrics.no_target',
    'metrics.no_traffic',
    'metrics.ratelimited',
    'metrics.redirect',
    'metrics.target_down',
    'metrics.wrong_names',
    'prom.down',
  ],
  symptoms: ['prom.ready', 'prom.targets', 'prom.up', 'prom.freshness', 'prom.series', 'prom.traffic', 'grafana.datasource'],
  context: ['http.metrics', 'k8s.deployment', 'k8s.pods', 'k8s.servicemonitor'],
});
