import { POD_CONSEQUENCES, POD_SYMPTOMS, podNames } from '../signs/pods.ts';
import { aReferenceIsMissing, lacksOf, lackText, notThere } from '../signs/references.ts';
import { goBack, goBackAdvice, onlyTheNewRevisionFails } from '../signs/rollout.ts';
import { defineCause } from '../types.ts';

/** A container wants a Secret or a ConfigMap, or a key of one, that does not exist. */
export const missingReferenceCause = defineCause({
  id: 'api.config.missing_ref',
  title: 'A Secret or ConfigMap that the pods want is not there',
  requires: [aReferenceIsMissing],
  direct: aReferenceIsMissing,
  supports: [onlyTheNewRevisionFails],
  explains: [...POD_SYMPTOMS, ...POD_CONSEQUENCES, 'api.bad_rollout', 'api.readiness_failing'],
  summary: (context) => {
    const lacks = lacksOf(context);
    return `The containers of ${podNames(lacks)} cannot be created: ${notThere(lacks)}. Pods that run already do not mind until they restart.`;
  },
  remediations: goBack,
  advice: (context) => {
    const lacks = lacksOf(context);
    const { namespace, deployment } = context.target.kubernetes;
    const [first] = lacks;
    const kind = first?.missing.kind === 'ConfigMap' ? 'configmap' : 'secret';
    const look =
      first === undefined || first.missing.name === ''
        ? ''
        : ` See what there is: kubectl --namespace ${namespace} describe ${kind} ${first.missing.name}.`;
    return [
      ...goBackAdvice(context),
      `Bring back ${lackText(lacks)} in namespace ${namespace}, or change deployment/${deployment} to what is there.${look} The pods then start by themselves; restart none of those that still run.`,
    ];
  },
});
