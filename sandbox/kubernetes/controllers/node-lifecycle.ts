import type { Node } from '../kinds/cluster.ts';
import { type Condition, isPodReady, type Pod } from '../kinds/pod.ts';
import type { Machines } from '../machines.ts';
import { deleteObject } from '../store/deletion.ts';
import { kubeTime } from '../store/object.ts';
import type { ControllerContext } from './context.ts';

const component = 'node-controller';
/** How long a silent kubelet is waited for (kube-controller-manager --node-monitor-grace-period). */
const GRACE_MS = 50_000;
/** How long pods stay on a node that cannot be reached (tolerationSeconds of admission's default tolerations). */
const EVICT_AFTER_MS = 300_000;
const UNREACHABLE = 'node.kubernetes.io/unreachable';

/**
 * What the control plane concludes of a kubelet that fell silent: the node's conditions become Unknown, the node is tainted, its
 * pods are not ready, and after a while they are deleted, which nobody on the node can confirm.
 */
export function syncNodes(context: ControllerContext, machines: Machines): void {
  for (const node of context.store.nodes.list()) {
    const since = machines.downSince(node.metadata.name);
    if (since === undefined) comeBack(context, node);
    else if (silentMs(context, since) > GRACE_MS) loseContact(context, node, silentMs(context, since) > GRACE_MS + EVICT_AFTER_MS);
  }
}

/** As a real cluster would count it. */
function silentMs({ now, timeScale }: ControllerContext, since: Date): number {
  return (now().getTime() - since.getTime()) * timeScale;
}

function loseContact(context: ControllerContext, node: Node, evict: boolean): void {
  const { name } = node.metadata;
  if (readiness(node) !== 'Unknown') {
    const lost = { reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' };
    write(context, node, 'Unknown', lost, [
      { key: UNREACHABLE, effect: 'NoSchedule' },
      { key: UNREACHABLE, effect: 'NoExecute' },
    ]);
    context.events.record(component, node, 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`);
  }
  for (const pod of context.store.pods.list().filter(({ spec }) => spec.nodeName === name)) {
    if (isPodReady(pod)) markNotReady(context, pod);
    if (evict && pod.metadata.deletionTimestamp === undefined) evictPod(context, pod);
  }
}

function comeBack(context: ControllerContext, node: Node): void {
  if (readiness(node) !== 'Unknown') return;
  write(context, node, 'True', { reason: 'KubeletReady', message: 'kubelet is posting ready status' }, []);
  context.events.record('kubelet', node, 'Normal', 'NodeReady', `Node ${node.metadata.name} status is now: NodeReady`);
}

function readiness(node: Node): Condition['status'] | undefined {
  return node.status.conditions?.find(({ type }) => type === 'Ready')?.status;
}

function write(
  context: ControllerContext,
  node: Node,
  ready: Condition['status'],
  why: { readonly reason: string; readonly message: string },
  unreachable: readonly { readonly key: string; readonly effect: string }[],
): void {
  const lastTransitionTime = kubeTime(context.now());
  const change = (draft: Node): void => {
    const taints = [...(draft.spec.taints ?? []).filter(({ key }) => key !== UNREACHABLE), ...unreachable];
    if (taints.length === 0) delete draft.spec.taints;
    else draft.spec.taints = taints;
    draft.status.conditions = draft.status.conditions?.map((condition) =>
      condition.type === 'Ready' ? { ...condition, ...why, status: ready, lastTransitionTime } : condition,
    );
  };
  context.store.nodes.modify('', node.metadata.name, change, 'all');
}

function markNotReady(context: ControllerContext, pod: Pod): void {
  const { namespace = '', name } = pod.metadata;
  const lastTransitionTime = kubeTime(context.now());
  context.store.pods.modify(namespace, name, (draft) => {
    draft.status.conditions = draft.status.conditions?.map((condition) =>
      condition.type === 'Ready' ? { type: 'Ready', status: 'False', lastTransitionTime } : condition,
    );
  });
  context.events.record(component, pod, 'Warning', 'NodeNotReady', 'Node is not ready');
}

function evictPod(context: ControllerContext, pod: Pod): void {
  const { namespace = '', name } = pod.metadata;
  deleteObject(context.store, context.store.pods, pod, { now: context.now() });
  context.events.record(
    'taint-eviction-controller',
    pod,
    'Normal',
    'TaintManagerEviction',
    `Marking for deletion Pod ${namespace}/${name}`,
  );
}
