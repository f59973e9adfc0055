import { defineTopic } from '../types.ts';

export const auto = defineTopic({
  id: 'auto',
  title: 'Everything',
  aliases: ['all', 'everything'],
  guideSection: 'Quick Diagnosis Flowchart',
  flowchart: true,
  causes: [],
  symptoms: ['http.health', 'k8s.deployment', 'k8s.pods', 'prom.up', 'prom.traffic', 'prom.error_rate', 'prom.latency'],
  context: [],
});
