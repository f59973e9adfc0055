import type { Deployment, DeploymentCondition, ReplicaSet } from '../kinds/workload.ts';
import { kubeTime } from '../store/object.ts';
import type { ControllerContext } from './context.ts';
import { fenceposts, total } from './rollout-rules.ts';

type Status = Deployment['status'];
type Wanted = Pick<DeploymentCondition, 'type' | 'status' | 'reason' | 'message'>;

/** Writes counts, observedGeneration and the conditions Available, Progressing and ReplicaFailure. */
export function updateDeploymentStatus(
  context: ControllerContext,
  deployment: Deployment,
  owned: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
): void {
  const { name, namespace = '' } = deployment.metadata;
  const counts = countsOf(deployment, owned, current);
  const wanted = conditionsOf(context, deployment, counts, owned, current);
  const at = kubeTime(context.now());
  const progressed = hasProgressed(deployment.status, counts, current);
  context.store.deployments.modify(namespace, name, (draft) => {
    const before = draft.status.conditions ?? [];
    draft.status = { ...counts, conditions: wanted.map((condition) => dated(condition, before, at, progressed)) };
  });
}

function countsOf(deployment: Deployment, owned: readonly ReplicaSet[], current: ReplicaSet | undefined): Status {
  const { replicas } = deployment.spec;
  const available = total(owned, ({ status }) => status.availableReplicas);
  const created = total(owned, ({ status }) => status.replicas);
  const ready = total(owned, ({ status }) => status.readyReplicas);
  const updated = current?.status.replicas ?? 0;
  const unavailable = Math.max(0, total(owned, ({ spec }) => spec.replicas) - available);
  return {
    ...(deployment.metadata.generation === undefined ? {} : { observedGeneration: deployment.metadata.generation }),
    ...(created > 0 ? { replicas: created } : {}),
    ...(updated > 0 ? { updatedReplicas: updated } : {}),
    ...(ready > 0 ? { readyReplicas: ready } : {}),
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(unavailable > 0 && (replicas > 0 || created > 0) ? { unavailableReplicas: unavailable } : {}),
  };
}

function conditionsOf(
  context: ControllerContext,
  deployment: Deployment,
  counts: Status,
  owned: readonly ReplicaSet[],
  current: ReplicaSet | undefined,
): Wanted[] {
  const failure = owned.flatMap(({ status }) => status.conditions ?? []).find(({ type }) => type === 'ReplicaFailure');
  const failed: Wanted[] = failure ? [{ type: 'ReplicaFailure', status: 'True', reason: failure.reason, message: failure.message }] : [];
  return [availability(deployment, counts), ...progress(context, deployment, counts, current), ...failed];
}

function availability(deployment: Deployment, counts: Status): Wanted {
  const enough = (counts.availableReplicas ?? 0) >= deployment.spec.replicas - fenceposts(deployment).unavailable;
  return enough
    ? { type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: 'Deployment has minimum availability.' }
    : {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
      };
}

function progress(context: ControllerContext, deployment: Deployment, counts: Status, current: ReplicaSet | undefined): Wanted[] {
  const before = deployment.status.conditions?.find(({ type }) => type === 'Progressing');
  const subject = current ? `ReplicaSet "${current.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const condition = (status: 'True' | 'False' | 'Unknown', reason: string, message: string): Wanted[] => [
    { type: 'Progressing', status, reason, message },
  ];
  if (deployment.spec.paused === true) return condition('Unknown', 'DeploymentPaused', 'Deployment is paused');
  if (before?.reason === 'DeploymentPaused') return condition('Unknown', 'DeploymentResumed', 'Deployment is resumed');
  const settled = before?.reason === 'NewReplicaSetAvailable' && before.message?.startsWith(subject) === true;
  if (settled) return [before];
  if (isComplete(deployment, counts)) return condition('True', 'NewReplicaSetAvailable', `${subject} has successfully progressed.`);
  if (hasProgressed(deployment.status, counts, current)) return condition('True', 'ReplicaSetUpdated', `${subject} is progressing.`);
  if (before?.reason === 'ProgressDeadlineExceeded' || isOverdue(context, deployment, before)) {
    return condition('False', 'ProgressDeadlineExceeded', `${subject} has timed out progressing.`);
  }
  return before ? [before] : condition('True', 'NewReplicaSetCreated', `Created new replica set "${current?.metadata.name ?? ''}"`);
}

function isComplete(deployment: Deployment, counts: Status): boolean {
  const { replicas } = deployment.spec;
  const { updatedReplicas = 0, replicas: created = 0, availableReplicas = 0 } = counts;
  return updatedReplicas === replicas && created === replicas && availableReplicas === replicas;
}

/** More updated, ready or available pods than before, or fewer old ones, or a template that was not being rolled out. */
function hasProgressed(before: Status, after: Status, current: ReplicaSet | undefined): boolean {
  const old = (status: Status): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  const last = before.conditions?.find(({ type }) => type === 'Progressing');
  const another = current !== undefined && last !== undefined && last.message?.includes(`"${current.metadata.name}"`) === false;
  return (
    another ||
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function isOverdue(context: ControllerContext, deployment: Deployment, progressing: DeploymentCondition | undefined): boolean {
  const deadlineMs = (deployment.spec.progressDeadlineSeconds * 1000) / context.timeScale;
  const since = Date.parse(progressing?.lastUpdateTime ?? '');
  return since + deadlineMs < context.now().getTime();
}

function dated(wanted: Wanted, all: readonly DeploymentCondition[], at: string, progressed: boolean): DeploymentCondition {
  const before = all.find(({ type }) => type === wanted.type);
  const changed = before?.status !== wanted.status;
  const same = !changed && before?.reason === wanted.reason && before?.message === wanted.message;
  const renewed = wanted.type === 'Progressing' && wanted.reason === 'ReplicaSetUpdated' && progressed;
  return {
    ...wanted,
    lastUpdateTime: same && !renewed ? (before?.lastUpdateTime ?? at) : at,
    lastTransitionTime: changed ? at : (before?.lastTransitionTime ?? at),
  };
}
