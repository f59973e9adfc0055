import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sEvents } from '../checks/k8s.events.ts';
import { k8sQuota } from '../checks/k8s.quota.ts';
import { k8sReplicaSets } from '../checks/k8s.replicasets.ts';
import { limitText, refusedByLimits } from '../rules/admission.ts';
import { short } from '../rules/phrases.ts';
import { anyOf, decide, no, rule, yes } from '../rules/rule.ts';
import { POD_SYMPTOMS } from '../signs/pods.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

/** The controller tries again with longer and longer pauses; an event that is older may be of a trouble that is over. Seconds. */
const RECENT_SECONDS = 1_000;

const podsAreLacking = rule({ deployment: k8sDeployment }, ({ deployment: { desired, available, updated, rollingOut } }) =>
  decide(
    available < desired || updated < desired || rollingOut,
    `${available} of ${desired} replicas are available.`,
    `All ${desired} replicas are available: no pod is lacking.`,
  ),
);

const refusal = (text: string) => `The API server takes no new pod: ${short(limitText(text), 200)}`;

const byCondition = rule({ deployment: k8sDeployment }, ({ deployment: { replicaFailure } }) =>
  refusedByLimits(replicaFailure) ? yes(refusal(replicaFailure)) : no('The Deployment does not say that pods are refused.'),
);
const byReplicaSet = rule({ revisions: k8sReplicaSets }, ({ revisions: { failure } }) =>
  refusedByLimits(failure) ? yes(refusal(failure)) : no('No revision says that its pods are refused.'),
);
const byEvents = rule({ events: k8sEvents }, ({ events: { refused } }) => {
  const latest = refused.find(({ secondsAgo }) => secondsAgo <= RECENT_SECONDS);
  return latest === undefined ? no('No event tells of refused pods.') : yes(refusal(latest.note));
});
const podsAreRefused = anyOf(byCondition, byReplicaSet, byEvents);

const noRoom = rule({ quota: k8sQuota }, ({ quota: { roomForPods, tightest, breaches } }) =>
  decide(
    breaches.length > 0 || (roomForPods !== null && roomForPods < 1),
    breaches[0] === undefined
      ? `${tightest ?? 'The quota'} leaves no room for one more pod.`
      : `${breaches[0].text} (limit range ${breaches[0].name}).`,
    'The quotas leave room for one more pod.',
  ),
);

function whatIsSaid(context: ConclusionContext): string {
  const texts = [
    context.facts(k8sDeployment)?.replicaFailure ?? '',
    context.facts(k8sReplicaSets)?.failure ?? '',
    ...(context.facts(k8sEvents)?.refused.map(({ note }) => note) ?? []),
  ];
  return short(limitText(texts.find(refusedByLimits) ?? ''), 240);
}

export const quotaExceeded = defineCause({
  id: 'api.quota',
  title: 'A quota or a limit range of the namespace refuses new pods',
  requires: [podsAreLacking, podsAreRefused],
  direct: podsAreRefused,
  supports: [noRoom],
  explains: [...POD_SYMPTOMS, 'k8s.quota', 'api.bad_rollout'],
  summary: (context) => {
    const deployment = context.facts(k8sDeployment);
    return `The namespace takes no new pod of ${context.target.kubernetes.deployment}: ${whatIsSaid(context)}. ${deployment?.available ?? 0} of ${deployment?.desired ?? 0} replicas are available; those that run may stay, and one that ends does not come back.`;
  },
  advice: (context) => {
    const { namespace } = context.target.kubernetes;
    const [breach] = context.facts(k8sQuota)?.breaches ?? [];
    const room =
      breach === undefined
        ? 'raise the quota, or free what other workloads of the namespace hold of it'
        : `change limit range ${breach.name}, or keep within it: ${breach.text}`;
    return [
      `Ask whoever owns the limits of namespace ${namespace} to ${room}: kubectl --namespace ${namespace} describe resourcequotas,limitranges shows what is used and allowed.`,
      'The controller tries again by itself, with pauses of up to a quarter of an hour. A change of the Deployment is taken without complaint even where no pod of it could be: only pods are held against these limits. Restart nothing until there is room.',
    ];
  },
});
