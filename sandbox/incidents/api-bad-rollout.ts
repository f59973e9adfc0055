import { defineIncident } from '../incident.ts';

const SHOWING = 0.12;

/** A release whose code fails where the one before did not. */
export default defineIncident({
  id: 'api-bad-rollout',
  title: 'Many requests fail since today',
  truth: 'api.bad_rollout',
  topic: 'errors',
  start: async (world, random) => {
    const { kubernetes } = world;
    const image = world.publish({ throwsInShare: random.between(0.25, 0.5) });
    await kubernetes.patchContainer({ image });
    return {
      ready: async () => {
        const pods = await kubernetes.pods();
        const share = await world.observe.errorShare();
        return pods.every((pod) => pod.image === image && pod.ready) && share !== undefined && share > SHOWING;
      },
      stop: () => kubernetes.restoreDeployment(),
    };
  },
});
