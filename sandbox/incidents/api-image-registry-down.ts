import { defineIncident } from '../incident.ts';

/** A release that is as it should be meets a registry that is not. */
export default defineIncident({
  id: 'api-image-registry-down',
  title: 'The release is stuck, and so are those of other teams',
  truth: 'api.image.registry_down',
  topic: 'api',
  accepted: ['api.bad_rollout'],
  start: async (world, random) => {
    world.setRegistryOutage(random.pick(['unreachable', 'name-not-resolved', 'rate-limited', 'certificate-expired']));
    await world.kubernetes.patchContainer({ image: world.publish({}) });
    return {
      ready: async () => (await world.kubernetes.pods()).some(({ waiting }) => waiting === 'ImagePullBackOff'),
      stop: async () => {
        world.setRegistryOutage(undefined);
        await world.kubernetes.restoreDeployment();
      },
    };
  },
});
