import { admitPod } from '../admission/admission.ts';
import { selects } from '../api/selectors.ts';
import { isPodActive, isPodAvailable, isPodReady, type Pod } from '../kinds/pod.ts';
import type { ReplicaSet } from '../kinds/workload.ts';
import { ApiError } from '../store/api-error.ts';
import { deleteObject } from '../store/deletion.ts';
import { controllerOf, controllerReference, kubeTime } from '../store/object.ts';
import type { ControllerContext } from './context.ts';

const component = 'replicaset-controller';

/** Keeps as many pods of each ReplicaSet as it asks for, and its status true. */
export function syncReplicaSets(context: ControllerContext): void {
  for (const replicaSet of context.store.replicasets.list()) {
    if (replicaSet.metadata.deletionTimestamp === undefined) syncOne(context, replicaSet);
  }
}

/** The pods that a ReplicaSet controls and that are not finished or being deleted. */
export function activePodsOf(context: ControllerContext, replicaSet: ReplicaSet): Pod[] {
  return context.store.pods
    .list(replicaSet.metadata.namespace)
    .filter((pod) => controllerOf(pod)?.uid === replicaSet.metadata.uid && isPodActive(pod));
}

function syncOne(context: ControllerContext, replicaSet: ReplicaSet): void {
  const pods = activePodsOf(context, replicaSet);
  const missing = replicaSet.spec.replicas - pods.length;
  const failure = missing > 0 ? createPods(context, replicaSet, missing) : undefined;
  if (missing < 0) deletePods(context, replicaSet, pods, -missing);
  updateStatus(context, replicaSet, failure);
}

/** Creates pods until one is refused; returns why it was. */
function createPods(context: ControllerContext, replicaSet: ReplicaSet, count: number): string | undefined {
  const { store, events, random } = context;
  const { name, namespace } = replicaSet.metadata;
  for (let created = 0; created < count; created += 1) {
    const { metadata, spec } = replicaSet.spec.template;
    const podName = `${name}-${random.suffix(5)}`;
    try {
      const owned = { name: podName, generateName: `${name}-`, namespace, ownerReferences: [controllerReference(replicaSet)] };
      const pod = store.pods.insert(admitPod(store, { metadata: { ...metadata, ...owned }, spec }));
      events.record(component, replicaSet, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      events.record(component, replicaSet, 'Warning', 'FailedCreate', `Error creating: ${error.message}`);
      return error.message;
    }
  }
  return undefined;
}

function deletePods(context: ControllerContext, replicaSet: ReplicaSet, pods: readonly Pod[], count: number): void {
  const { store, events } = context;
  for (const pod of [...pods].sort(deletionOrder).slice(0, count)) {
    deleteObject(store, store.pods, pod, { now: context.now() });
    events.record(component, replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${pod.metadata.name}`);
  }
}

/** Not scheduled before scheduled, pending before running, not ready before ready, younger before older. */
function deletionOrder(left: Pod, right: Pod): number {
  return rank(left) - rank(right) || right.metadata.creationTimestamp.localeCompare(left.metadata.creationTimestamp);
}

function rank(pod: Pod): number {
  if (pod.spec.nodeName === undefined) return 0;
  if (pod.status.phase === 'Pending') return 1;
  return isPodReady(pod) ? 3 : 2;
}

function updateStatus(context: ControllerContext, replicaSet: ReplicaSet, failure: string | undefined): void {
  const { name, namespace = '', generation } = replicaSet.metadata;
  const pods = activePodsOf(context, replicaSet);
  const now = context.now();
  const minReadySeconds = (replicaSet.spec.minReadySeconds ?? 0) / context.timeScale;
  const ready = pods.filter(isPodReady).length;
  const available = pods.filter((pod) => isPodAvailable(pod, minReadySeconds, now)).length;
  const labelled = pods.filter((pod) => selects({ matchLabels: replicaSet.spec.template.metadata.labels }, pod.metadata.labels)).length;
  context.store.replicasets.modify(namespace, name, (draft) => {
    const short = pods.length < draft.spec.replicas;
    const kept = draft.status.conditions?.find(({ type }) => type === 'ReplicaFailure');
    const message = failure ?? (short ? kept?.message : undefined);
    draft.status = {
      replicas: pods.length,
      ...(labelled > 0 ? { fullyLabeledReplicas: labelled } : {}),
      ...(ready > 0 ? { readyReplicas: ready } : {}),
      ...(available > 0 ? { availableReplicas: available } : {}),
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
    if (message === undefined) return;
    const since = kept?.lastTransitionTime ?? kubeTime(now);
    draft.status.conditions = [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime: since }];
  });
}
