import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/**
 * The registry of nodes is gone. Whoever runs goes on without it as well as that goes; whoever starts does not get past asking it. The
 * bot has no business with that registry: what the pods say of it is all that there is to see.
 */
export default defineIncident({
  id: 'api-crashloop-dependency',
  title: 'Opening a deployment fails, and some pods are not there at all',
  truth: 'api.crashloop.dependency',
  topic: 'api',
  accepted: ['app.downstream_timeout'],
  start: async (world, random) => {
    const { kubernetes, deployment } = world;
    await world.setNodeRegistryUp(false);
    await delay(random.between(0, 1_500));
    await kubernetes.replacePods(random.whole(2, deployment.replicas));
    return {
      ready: async () => (await kubernetes.pods()).some(({ waiting, restarts }) => waiting === 'CrashLoopBackOff' && restarts >= 3),
      stop: () => world.setNodeRegistryUp(true),
    };
  },
});
