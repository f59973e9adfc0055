import { defineTopic } from '../types.ts';

export const memory = defineTopic({
  id: 'memory',
  title: 'Memory',
  aliases: ['oom'],
  guideSection: 'Reduce Memory Usage',
  runbooks: [{ title: 'Operations', path: 'OPERATIONS_GUIDE.md' }],
  question: 'Is memory within its limits?',
  causes: ['api.oom', 'app.gc_heap_limit', 'perf.memory_hpa', 'perf.memory_leak', 'perf.memory_limit_low', 'perf.memory_native_leak'],
  symptoms: ['k8s.metrics', 'k8s.pods', 'k8s.hpa', 'prom.memory_trend'],
  context: ['k8s.deployment', 'k8s.logs', 'k8s.replicasets', 'prom.traffic'],
});
