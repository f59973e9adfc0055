import { defineIncident } from '../incident.ts';

/** A release was pushed where the nodes' credentials do not count. */
export default defineIncident({
  id: 'api-image-auth',
  title: 'The new version was released, but everybody still gets the old one',
  truth: 'api.image.auth',
  topic: 'api',
  accepted: ['api.bad_rollout'],
  start: async ({ kubernetes, publish }, random) => {
    await kubernetes.patchContainer({ image: publish({}, { pull: random.pick(['unauthorized', 'access-denied']) }) });
    return {
      ready: async () => (await kubernetes.pods()).some(({ waiting }) => waiting === 'ImagePullBackOff'),
      stop: () => kubernetes.restoreDeployment(),
    };
  },
});
