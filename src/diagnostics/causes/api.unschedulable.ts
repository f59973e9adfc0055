import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sNodes } from '../checks/k8s.nodes.ts';
import { k8sPvc } from '../checks/k8s.pvc.ts';
import { k8sReplicaSets } from '../checks/k8s.replicasets.ts';
import type { RemediationOffer } from '../report.ts';
import { capital, count, seconds } from '../rules/phrases.ts';
import { decide, rule } from '../rules/rule.ts';
import { type Obstacle, parseUnschedulable, type Unschedulable } from '../rules/scheduling.ts';
import { POD_SYMPTOMS, podNames, podsAre, podsOf } from '../signs/pods.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const haveNoNode = podsAre(['unschedulable'], 'finds no node to run on', 'find no node to run on');

const nodesAreClosed = rule({ nodes: k8sNodes }, ({ nodes: { open, total } }) =>
  decide(open < total, `${open} of ${count(total, 'node')} take new pods.`, `All ${count(total, 'node')} take new pods.`),
);

const claimsAreUnbound = rule({ claims: k8sPvc }, ({ claims: { unbound } }) =>
  decide(unbound > 0, `${count(unbound, 'volume claim')} of the pods cannot be mounted.`, 'The volume claims of the pods are bound.'),
);

function obstaclesOf(context: ConclusionContext): Unschedulable {
  return parseUnschedulable(podsOf(context, 'unschedulable')[0]?.message ?? '');
}

const WORDS: Readonly<Record<Obstacle, string>> = {
  memory: 'not enough memory is unreserved there',
  cpu: 'not enough CPU is unreserved there',
  pods: 'as many pods as a node may carry are there already',
  'anti-affinity': 'a pod of the same kind is there already, and the pods must not share a node',
  affinity: 'without the labels that the pods ask for',
  taint: 'tainted, and the pods do not tolerate that',
  cordoned: 'closed to new pods',
  volume: 'a volume of the pod cannot be had there',
  other: 'another rule of the scheduler forbids it',
};

const ADVICE: Readonly<Record<Obstacle, string>> = {
  memory: 'Add a node, or free memory requests: what counts is what pods request, not what they use (kubectl describe nodes shows both).',
  cpu: 'Add a node, or free CPU requests: what counts is what pods request, not what they use (kubectl describe nodes shows both).',
  pods: 'Add a node: each carries a fixed number of pods at most.',
  'anti-affinity':
    'As the pods must not share a node, there cannot be more of them than nodes, the surge of a rollout included: add a node, or scale down to fit.',
  affinity: 'Compare nodeSelector and affinity of the Deployment with the labels of the nodes (kubectl get nodes --show-labels).',
  taint:
    'See who tainted the nodes and why (kubectl describe nodes): maintenance that is over must take its taint away; a node that is down taints itself.',
  cordoned: 'Open the nodes again when the maintenance is over: kubectl uncordon NODE.',
  volume: 'Look at the volume claims of the pods: kubectl get persistentvolumeclaims.',
  other: 'Read what the scheduler says, above.',
};

/** Back to what fits, where pods were asked for beyond it and those that run are well. */
function scaleToFit(context: ConclusionContext): RemediationOffer[] {
  const deployment = context.facts(k8sDeployment);
  const revisions = context.facts(k8sReplicaSets);
  const waiting = podsOf(context, 'unschedulable').length;
  if (deployment === null || revisions === null || deployment.rollingOut || deployment.ready < 1) return [];
  const fitting = deployment.desired - waiting;
  if (fitting < 1 || fitting !== deployment.ready) return [];
  return [
    { id: 'fix.k8s.scale', params: { replicas: fitting }, reason: `${count(fitting, 'pod')} fit, and ${waiting} more find no node.` },
  ];
}

export const unschedulable = defineCause({
  id: 'api.unschedulable',
  title: 'Pods find no node to run on',
  requires: [haveNoNode],
  direct: haveNoNode,
  supports: [nodesAreClosed, claimsAreUnbound],
  explains: [...POD_SYMPTOMS, 'k8s.pvc', 'api.bad_rollout', 'perf.hpa_at_max'],
  summary: (context) => {
    const waiting = podsOf(context, 'unschedulable');
    const { nodes, obstacles } = obstaclesOf(context);
    const oldest = Math.max(0, ...waiting.map(({ ageSeconds }) => ageSeconds));
    const why = obstacles.map(
      ({ what, nodes: kept, text }) => `${kept === null ? '' : `${count(kept, 'node')}: `}${WORDS[what]} (${text})`,
    );
    return `${nodes === null ? 'No node' : `None of ${count(nodes, 'node')}`} has taken ${podNames(waiting)} for ${seconds(oldest)}. ${capital(why.join('; ') || 'the scheduler does not say why')}.`;
  },
  remediations: scaleToFit,
  advice: (context) => {
    const kinds = [...new Set(obstaclesOf(context).obstacles.map(({ what }) => what))];
    return kinds.length === 0 ? [ADVICE.other] : kinds.map((what) => ADVICE[what]);
  },
});
