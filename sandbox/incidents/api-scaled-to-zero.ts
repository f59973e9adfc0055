import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** Somebody sized the service to nothing and left. */
export default defineIncident({
  id: 'api-scaled-to-zero',
  title: 'Nobody can reach the service',
  truth: 'api.scaled_to_zero',
  topic: 'api',
  start: async ({ kubernetes }, random) => {
    await delay(random.between(0, 2_000));
    await kubernetes.patchDeployment({ spec: { replicas: 0 } });
    return {
      ready: async () => (await kubernetes.pods()).length === 0,
      stop: () => kubernetes.restoreDeployment(),
    };
  },
});
