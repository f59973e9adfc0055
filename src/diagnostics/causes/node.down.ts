import { k8sEvents } from '../checks/k8s.events.ts';
import { k8sNodes } from '../checks/k8s.nodes.ts';
import { k8sPods } from '../checks/k8s.pods.ts';
import { count, form, seconds, some } from '../rules/phrases.ts';
import { anyOf, decide, rule } from '../rules/rule.ts';
import { POD_CONSEQUENCES, POD_SYMPTOMS, podNames, podsDo } from '../signs/pods.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const UNWELL = ['not-ready', 'starting', 'terminating', 'stuck-terminating', 'failed', 'crash-loop', 'unschedulable'];

const podsAreUnwell = rule({ pods: k8sPods }, ({ pods: { states, total } }) => {
  const unwell = states.filter(({ state }) => UNWELL.includes(state));
  return decide(
    unwell.length > 0,
    `${unwell.length} of ${count(total, 'pod')} ${form(unwell.length, 'is', 'are')} not ready: ${podNames(unwell)}.`,
    'No pod is in a state that a lost node leaves it in.',
  );
});

const nodesAreDown = rule({ nodes: k8sNodes }, ({ nodes: { down } }) => {
  const [first] = down;
  return decide(
    first !== undefined,
    `${form(down.length, 'Node', 'Nodes')} ${some(down.map(({ node }) => node))} ${form(down.length, 'is', 'are')} not ready (${form(down.length, '', `${first?.node ?? ''}: `)}${first?.reason || 'no reason given'}: ${first?.message ?? ''}); on ${first?.node ?? 'it'}: ${first?.pods ?? ''}.`,
    'The nodes of the pods are ready.',
  );
});

/** Told of each pod by the node controller, and to be read without any permission on nodes. */
const eventsTellOfTheNode = rule({ events: k8sEvents, pods: k8sPods }, ({ events: { lostNodes }, pods: { states } }) => {
  const unready = states.filter(({ state }) => state !== 'ready').map(({ pod }) => pod);
  const lost = lostNodes.filter(({ pod }) => unready.includes(pod));
  return decide(
    lost.length > 0,
    `Kubernetes says of ${podNames(lost)}: ${lost[0]?.note ?? ''}.`,
    'No event tells of a node that is not ready.',
  );
});

const theNodeIsLost = anyOf(nodesAreDown, eventsTellOfTheNode);

/** Nodes that are down, by what could be looked at, with their pods. */
function lostNodes(context: ConclusionContext): { readonly nodes: readonly string[]; readonly pods: readonly { readonly pod: string }[] } {
  const states = context.facts(k8sPods)?.states ?? [];
  const down = context.facts(k8sNodes)?.down ?? [];
  if (down.length > 0) {
    const nodes = down.map(({ node }) => node);
    return { nodes, pods: states.filter(({ node }) => node !== null && nodes.includes(node)) };
  }
  const told = (context.facts(k8sEvents)?.lostNodes ?? []).map(({ pod }) => pod);
  const pods = states.filter(({ pod, state }) => told.includes(pod) && state !== 'ready');
  return { nodes: [...new Set(pods.flatMap(({ node }) => node ?? []))], pods };
}

export const nodeDown = defineCause({
  id: 'node.down',
  title: 'A node of the cluster is down, with the pods on it',
  requires: [podsAreUnwell, theNodeIsLost],
  direct: nodesAreDown,
  supports: [eventsTellOfTheNode],
  explains: [
    ...POD_SYMPTOMS,
    ...POD_CONSEQUENCES,
    'app.one_bad_pod',
    'k8s.nodes',
    'k8s.pvc',
    'api.bad_rollout',
    'api.crashloop.dependency',
    'api.liveness_kill',
    'api.readiness_failing',
    'api.unschedulable',
    'job.silent',
  ],
  summary: (context) => {
    const { nodes, pods } = lostNodes(context);
    const [first] = context.facts(k8sNodes)?.down ?? [];
    const since = first?.sinceSeconds === null || first?.sinceSeconds === undefined ? '' : ` for ${seconds(first.sinceSeconds)}`;
    return `${form(nodes.length, 'Node', 'Nodes')} ${some(nodes)} ${form(nodes.length, 'has', 'have')} not reported to the cluster${since}, so ${podsDo(pods, 'counts', 'count')} as not ready. Kubernetes starts other pods elsewhere about 5 min after the node fell silent; what ran on it may be lost.`;
  },
  advice: (context) => {
    const { namespace } = context.target.kubernetes;
    const { nodes, pods } = lostNodes(context);
    const [node = 'NODE'] = nodes;
    const [pod] = pods;
    return [
      `Tell the owners of the cluster that node ${node} is down: kubectl describe node ${node} shows since when, and what its kubelet said last.`,
      `Do not wait for it where the service is thin: once you know that the machine is off, kubectl --namespace ${namespace} delete pod ${pod?.pod ?? 'POD'} --force lets another pod take its place at once. While the machine may still run, that can make two of it.`,
    ];
  },
});
