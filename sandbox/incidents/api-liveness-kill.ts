import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** Pods read far more into memory before they listen than they did, and are given no time for it. */
export default defineIncident({
  id: 'api-liveness-kill',
  title: 'Pods that were moved do not come back',
  truth: 'api.liveness_kill',
  topic: 'api',
  start: async ({ kubernetes, deployment }, random) => {
    await kubernetes.changeSettings({ Modules__Preload: 'all' });
    await delay(random.between(0, 1_500));
    await kubernetes.replacePods(random.whole(2, deployment.replicas));
    return {
      ready: async () => (await kubernetes.pods()).some(({ ended, restarts }) => ended?.exitCode === 143 && restarts >= 1),
      stop: () => kubernetes.restoreSettings(),
    };
  },
});
