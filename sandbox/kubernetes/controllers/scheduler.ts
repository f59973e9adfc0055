import { requested } from '../admission/pod-demand.ts';
import { selects } from '../api/selectors.ts';
import type { Node } from '../kinds/cluster.ts';
import type { Pod } from '../kinds/pod.ts';
import { quantity } from '../quantity.ts';
import { kubeTime } from '../store/object.ts';
import type { ControllerContext } from './context.ts';

const component = 'default-scheduler';
const retryMs = 5000;

/** Binds pods to nodes that have room for their requests; says FailedScheduling where none has. */
export function scheduler(context: ControllerContext): () => void {
  const retryAt = new Map<string, number>();
  return () => {
    for (const pod of context.store.pods.list()) {
      const { uid, deletionTimestamp } = pod.metadata;
      if (pod.spec.nodeName !== undefined || deletionTimestamp !== undefined) continue;
      const unbound = claimProblem(context, pod);
      const problems = context.store.nodes.list().map((node) => ({ node, problem: unbound ?? problemWith(context, node, pod) }));
      const [best] = problems
        .filter(({ problem }) => problem === undefined)
        .sort((left, right) => load(context, left.node) - load(context, right.node));
      if (best) bind(context, pod, best.node.metadata.name);
      else if ((retryAt.get(uid) ?? 0) <= context.now().getTime()) {
        retryAt.set(uid, context.now().getTime() + retryMs / context.timeScale);
        const words = problems.map(({ problem }) => problem ?? '');
        fail(context, pod, words, unbound);
      }
    }
  };
}

/** What is wrong with the pod's volume claims, for which no node is looked at. */
function claimProblem(context: ControllerContext, pod: Pod): string | undefined {
  const { namespace = '' } = pod.metadata;
  const claimed = (pod.spec.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) => (claim === undefined ? [] : [claim.claimName]));
  for (const name of claimed) {
    const claim = context.store.persistentvolumeclaims.get(namespace, name);
    if (claim === undefined) return `persistentvolumeclaim "${name}" not found`;
    if (claim.status.phase !== 'Bound') return 'pod has unbound immediate PersistentVolumeClaims';
  }
  return undefined;
}

function problemWith(context: ControllerContext, node: Node, pod: Pod): string | undefined {
  if (node.spec.unschedulable === true) return 'node(s) were unschedulable';
  const taint = (node.spec.taints ?? []).find(({ effect, key }) => effect !== 'PreferNoSchedule' && !isTolerated(pod, key));
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  if (node.status.conditions?.find(({ type }) => type === 'Ready')?.status !== 'True')
    return 'node(s) had untolerated taint {node.kubernetes.io/not-ready: }';
  const wanted = Object.entries(pod.spec.nodeSelector ?? {});
  if (wanted.some(([key, value]) => node.metadata.labels?.[key] !== value)) return "node(s) didn't match Pod's node affinity/selector";
  if (repelled(context, node, pod)) return "node(s) didn't match pod anti-affinity rules";
  const here = podsOn(context, node);
  if (here.length + 1 > quantity(node.status.allocatable.pods ?? '110')) return 'Too many pods';
  for (const resource of ['cpu', 'memory'] as const) {
    const used = here.reduce((sum, other) => sum + requested(other, resource), 0);
    if (used + requested(pod, resource) > quantity(node.status.allocatable[resource] ?? '0') + 1e-9) return `Insufficient ${resource}`;
  }
  return undefined;
}

/** Whether a pod on a node of the same topology is one that this pod must not be near. */
function repelled(context: ControllerContext, node: Node, pod: Pod): boolean {
  const terms = pod.spec.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.some(({ topologyKey, labelSelector = {} }) => {
    const domain = node.metadata.labels?.[topologyKey];
    if (domain === undefined) return false;
    const near = context.store.nodes.list().filter(({ metadata }) => metadata.labels?.[topologyKey] === domain);
    return near
      .flatMap((other) => podsOn(context, other))
      .some((other) => other.metadata.namespace === pod.metadata.namespace && selects(labelSelector, other.metadata.labels));
  });
}

function isTolerated(pod: Pod, key: string): boolean {
  return (pod.spec.tolerations ?? []).some((toleration) => toleration.key === undefined || toleration.key === key);
}

function podsOn(context: ControllerContext, node: Node): Pod[] {
  return context.store.pods
    .list()
    .filter((pod) => pod.spec.nodeName === node.metadata.name && pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed');
}

function load(context: ControllerContext, node: Node): number {
  return podsOn(context, node).length;
}

function bind(context: ControllerContext, pod: Pod, nodeName: string): void {
  const { namespace = '', name } = pod.metadata;
  context.store.pods.modify(
    namespace,
    name,
    (draft) => {
      draft.spec.nodeName = nodeName;
      const others = (draft.status.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
      draft.status.conditions = [...others, { type: 'PodScheduled', status: 'True', lastTransitionTime: kubeTime(context.now()) }];
    },
    'all',
  );
  context.events.observe(component, 'Binding', pod, 'Normal', 'Scheduled', `Successfully assigned ${namespace}/${name} to ${nodeName}`);
}

function fail(context: ControllerContext, pod: Pod, problems: readonly string[], unbound: string | undefined): void {
  const counted = [...new Set(problems)].sort().map((problem) => `${problems.filter((other) => other === problem).length} ${problem}`);
  const listed =
    problems.length === 0
      ? 'no nodes available to schedule pods'
      : `0/${problems.length} nodes are available: ${unbound ?? counted.join(', ')}.`;
  const { namespace = '', name } = pod.metadata;
  context.store.pods.modify(namespace, name, (draft) => {
    const before = draft.status.conditions?.find(({ type }) => type === 'PodScheduled');
    const lastTransitionTime = before?.status === 'False' ? before.lastTransitionTime : kubeTime(context.now());
    draft.status.conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: listed, lastTransitionTime }];
  });
  context.events.observe(component, 'Scheduling', pod, 'Warning', 'FailedScheduling', listed);
}
