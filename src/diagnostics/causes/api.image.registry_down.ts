import { short } from '../rules/phrases.ts';
import { endOf, imagesAreWaitedFor, pullsFail, waitedFor } from '../signs/images.ts';
import { POD_CONSEQUENCES, POD_SYMPTOMS } from '../signs/pods.ts';
import { defineCause } from '../types.ts';

const registryIsDown = pullsFail(['registry-down'], 'The registry cannot be reached, or serves nobody');

export const registryDown = defineCause({
  id: 'api.image.registry_down',
  title: 'The registry of the images cannot be used',
  requires: [imagesAreWaitedFor, registryIsDown],
  direct: registryIsDown,
  explains: [...POD_SYMPTOMS, ...POD_CONSEQUENCES, 'api.bad_rollout', 'api.readiness_failing'],
  summary: (context) => {
    const { image, pods, text } = waitedFor(context);
    return `${pods} cannot start without ${image}, and the registry cannot be used from there: ${short(endOf(text), 200)}. Nothing need be wrong with the image itself.`;
  },
  advice: (context) => {
    const host = waitedFor(context).image.split('/')[0] ?? 'the registry';
    return [
      `See whether ${host} is up and reachable from the nodes: its status page, DNS, certificate and rate limit, in this order of what the message above says. Other images are affected as well.`,
      'Leave the pods that run alone: a pod that ends now cannot come back on a node that does not have the image. Those that wait pull it by themselves within 5 min once the registry answers.',
    ];
  },
});
