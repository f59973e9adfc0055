import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { hidesExistence } from '../rules/image-pull.ts';
import { some } from '../rules/phrases.ts';
import { decide, rule } from '../rules/rule.ts';
import { imagesAreWaitedFor, pullsFail, waitedFor } from '../signs/images.ts';
import { POD_CONSEQUENCES, POD_SYMPTOMS } from '../signs/pods.ts';
import { goBack, goBackAdvice, onlyTheNewRevisionFails } from '../signs/rollout.ts';
import { defineCause } from '../types.ts';

const registryRefuses = pullsFail(['auth'], 'The registry refuses the pull');

const noPullSecret = rule({ deployment: k8sDeployment }, ({ deployment: { pullSecrets } }) =>
  decide(pullSecrets.length === 0, 'The pods name no imagePullSecrets.', `The pods pull with ${some(pullSecrets)}.`),
);

export const imageAuth = defineCause({
  id: 'api.image.auth',
  title: 'The registry does not let the pods pull their image',
  requires: [imagesAreWaitedFor, registryRefuses],
  direct: registryRefuses,
  supports: [noPullSecret, onlyTheNewRevisionFails],
  explains: [...POD_SYMPTOMS, ...POD_CONSEQUENCES, 'api.bad_rollout', 'api.readiness_failing'],
  summary: (context) => {
    const { image, pods, text } = waitedFor(context);
    const open = hidesExistence(text) ? ' It does not say whether the image is missing or not permitted.' : '';
    return `The registry refuses to hand out ${image}, and ${pods} cannot start without it.${open}`;
  },
  remediations: goBack,
  advice: (context) => {
    const { namespace, deployment } = context.target.kubernetes;
    const secrets = context.facts(k8sDeployment)?.pullSecrets ?? [];
    const with_ =
      secrets.length === 0
        ? `deployment/${deployment} names no imagePullSecrets: the nodes pull with their own credentials, or with those of the service account`
        : `deployment/${deployment} pulls with ${some(secrets)}`;
    return [
      ...goBackAdvice(context),
      `Give the pods credentials that may read the repository: ${with_}. Compare with kubectl --namespace ${namespace} get serviceaccounts -o yaml, and renew what has expired. A docker pull on your own machine proves nothing: it uses your credentials.`,
    ];
  },
});
