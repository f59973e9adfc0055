import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** An interval was set to nothing: work that the process does by itself fails, and takes the whole process down, politely. */
export default defineIncident({
  id: 'api-crashloop-hosted-service',
  title: 'Pods come and go, and nobody stopped them',
  truth: 'api.crashloop.hosted_service',
  topic: 'api',
  start: async ({ kubernetes, deployment }, random) => {
    await kubernetes.changeSettings({ RateLimiting__CleanupIntervalMinutes: random.pick(['0', '-1']) });
    await delay(random.between(0, 1_500));
    await kubernetes.replacePods(random.whole(2, deployment.replicas));
    return {
      ready: async () => (await kubernetes.pods()).filter(({ ended, restarts }) => ended?.exitCode === 0 && restarts >= 3).length >= 2,
      stop: () => kubernetes.restoreSettings(),
    };
  },
});
