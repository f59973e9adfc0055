import { defineIncident } from '../incident.ts';

/** Somebody rolls out a tag that nobody built. */
export default defineIncident({
  id: 'api-image-not-found',
  title: 'The release of today does not show up',
  truth: 'api.image.not_found',
  topic: 'api',
  accepted: ['api.bad_rollout'],
  start: async ({ kubernetes }, random) => {
    const [pod] = await kubernetes.pods();
    const repository = (pod?.image ?? '').replace(/:[^:/]*$/, '');
    await kubernetes.patchContainer({ image: `${repository}:${random.pick(['1.15', 'v1.15', '1.14.2-1', '1.14'])}.${random.whole(0, 9)}` });
    return {
      ready: async () => (await kubernetes.pods()).some(({ waiting }) => waiting === 'ImagePullBackOff'),
      stop: () => kubernetes.restoreDeployment(),
    };
  },
});
