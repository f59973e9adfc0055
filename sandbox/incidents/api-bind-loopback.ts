import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** A setting that is right on a developer's machine came to the cluster with the others. */
export default defineIncident({
  id: 'api-bind-loopback',
  title: 'Pods run and are of no use',
  truth: 'api.bind_loopback',
  topic: 'api',
  start: async ({ kubernetes, deployment }, random) => {
    await kubernetes.changeSettings({
      Kestrel__Endpoints__Http__Url: `http://${random.pick(['localhost', '127.0.0.1'])}:${random.pick([5000, 8080])}`,
    });
    await delay(random.between(0, 1_500));
    await kubernetes.replacePods(random.whole(2, deployment.replicas));
    const startedAt = Date.now();
    return {
      ready: async () => Date.now() - startedAt > 8_000 && (await kubernetes.pods()).some(({ ready }) => !ready),
      stop: () => kubernetes.restoreSettings(),
    };
  },
});
