import { k8sReplicaSets } from '../checks/k8s.replicasets.ts';
import { imageParts } from '../rules/image-pull.ts';
import { imagesAreWaitedFor, pullsFail, waitedFor } from '../signs/images.ts';
import { POD_CONSEQUENCES, POD_SYMPTOMS } from '../signs/pods.ts';
import { goBack, goBackAdvice, onlyTheNewRevisionFails } from '../signs/rollout.ts';
import { defineCause } from '../types.ts';

const registryHasNone = pullsFail(['not-found', 'invalid-name', 'never-pull'], 'There is no such image');

export const imageNotFound = defineCause({
  id: 'api.image.not_found',
  title: 'The image of the pods does not exist',
  requires: [imagesAreWaitedFor, registryHasNone],
  direct: registryHasNone,
  supports: [onlyTheNewRevisionFails],
  explains: [...POD_SYMPTOMS, ...POD_CONSEQUENCES, 'api.bad_rollout', 'api.readiness_failing'],
  summary: (context) => {
    const { image, pods } = waitedFor(context);
    const { repository, version } = imageParts(image);
    const before = context.facts(k8sReplicaSets)?.previousImage ?? '';
    const known = imageParts(before).repository === repository;
    const sure = known
      ? `The repository can be read, as ${before} came from it: it is the version that is missing.`
      : 'Registries say the same of images that may not be read: it is missing, or not permitted.';
    return `The registry does not have ${repository} in version ${version || '(none)'}, and ${pods} cannot start without it. ${sure}`;
  },
  remediations: goBack,
  advice: (context) => {
    const { image } = waitedFor(context);
    return [
      ...goBackAdvice(context),
      `Find out whether ${image} was ever pushed: look at the build that should have made it, and at the name for a typing error. Once it is there, the pods pull it by themselves within 5 min.`,
    ];
  },
});
