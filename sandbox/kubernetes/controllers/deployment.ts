import type { Deployment, ReplicaSet } from '../kinds/workload.ts';
import { controllerOf, controllerReference } from '../store/object.ts';
import type { ControllerContext } from './context.ts';
import { updateDeploymentStatus } from './deployment-status.ts';
import { activePodsOf } from './replica-set.ts';
import { fenceposts, hashLabel, revisionAnnotation, revisionOf, sameTemplate, templateHash, total } from './rollout-rules.ts';

const component = 'deployment-controller';
const desiredAnnotation = 'deployment.kubernetes.io/desired-replicas';
const maxAnnotation = 'deployment.kubernetes.io/max-replicas';

/** Rolls every Deployment towards its template and size, as kubernetes pkg/controller/deployment does. */
export function syncDeployments(context: ControllerContext): void {
  for (const deployment of context.store.deployments.list()) {
    if (deployment.metadata.deletionTimestamp === undefined) syncOne(context, deployment);
  }
}

function syncOne(context: ControllerContext, deployment: Deployment): void {
  const owned = ownedBy(context, deployment);
  const existing = owned.find((replicaSet) => sameTemplate(replicaSet.spec.template, deployment.spec.template));
  if (deployment.spec.paused === true || isScaling(deployment, owned)) {
    scaleAll(context, deployment, owned, existing);
  } else if (deployment.spec.strategy.type === 'Recreate') {
    recreate(context, deployment, owned, existing);
  } else {
    roll(context, deployment, owned, existing);
  }
  const after = ownedBy(context, deployment);
  const current = after.find((replicaSet) => sameTemplate(replicaSet.spec.template, deployment.spec.template));
  const fresh = context.store.deployments.get(deployment.metadata.namespace ?? '', deployment.metadata.name);
  if (fresh) updateDeploymentStatus(context, fresh, after, current);
  if (deployment.spec.paused !== true) cleanUp(context, deployment, after, current);
}

function ownedBy(context: ControllerContext, deployment: Deployment): ReplicaSet[] {
  return context.store.replicasets
    .list(deployment.metadata.namespace)
    .filter((replicaSet) => controllerOf(replicaSet)?.uid === deployment.metadata.uid)
    .sort((left, right) => revisionOf(left) - revisionOf(right));
}

/** The size was changed: each active ReplicaSet still carries another desired size. */
function isScaling(deployment: Deployment, owned: readonly ReplicaSet[]): boolean {
  return owned.some((replicaSet) => {
    const desired = replicaSet.metadata.annotations?.[desiredAnnotation];
    return replicaSet.spec.replicas > 0 && desired !== undefined && Number(desired) !== deployment.spec.replicas;
  });
}

function roll(context: ControllerContext, deployment: Deployment, owned: readonly ReplicaSet[], existing: ReplicaSet | undefined): void {
  const { surge } = fenceposts(deployment);
  const old = owned.filter((replicaSet) => replicaSet !== existing);
  const room = deployment.spec.replicas + surge - total(owned, sizeOf);
  const size = existing?.spec.replicas ?? 0;
  const target =
    size > deployment.spec.replicas ? deployment.spec.replicas : size + Math.max(0, Math.min(room, deployment.spec.replicas - size));
  const current = newReplicaSet(context, deployment, owned, existing, target);
  if (size === target || existing === undefined) shrinkOld(context, deployment, old, existing ?? current);
}

/** Takes old pods away: those that are not available first, then as many as stay within maxUnavailable. */
function shrinkOld(context: ControllerContext, deployment: Deployment, old: readonly ReplicaSet[], current: ReplicaSet): void {
  const { unavailable } = fenceposts(deployment);
  const minimum = deployment.spec.replicas - unavailable;
  const notYetAvailable = current.spec.replicas - (current.status.availableReplicas ?? 0);
  let spare = total([...old, current], sizeOf) - minimum - notYetAvailable;
  const sizes = new Map(old.map((replicaSet) => [replicaSet, replicaSet.spec.replicas]));
  const take = (replicaSet: ReplicaSet, count: number): void => {
    sizes.set(replicaSet, (sizes.get(replicaSet) ?? 0) - count);
    spare -= count;
  };
  for (const replicaSet of old) {
    take(replicaSet, Math.max(0, Math.min(spare, replicaSet.spec.replicas - (replicaSet.status.availableReplicas ?? 0))));
  }
  const available = total([...old, current], (replicaSet) => replicaSet.status.availableReplicas) - minimum;
  spare = Math.min(spare, available);
  for (const replicaSet of old) take(replicaSet, Math.max(0, Math.min(spare, sizes.get(replicaSet) ?? 0)));
  for (const [replicaSet, size] of sizes) resize(context, deployment, replicaSet, size);
}

function recreate(
  context: ControllerContext,
  deployment: Deployment,
  owned: readonly ReplicaSet[],
  existing: ReplicaSet | undefined,
): void {
  const old = owned.filter((replicaSet) => replicaSet !== existing);
  for (const replicaSet of old) resize(context, deployment, replicaSet, 0);
  const running = context.store.pods
    .list(deployment.metadata.namespace)
    .some((pod) => old.some((replicaSet) => controllerOf(pod)?.uid === replicaSet.metadata.uid));
  if (!running) newReplicaSet(context, deployment, owned, existing, deployment.spec.replicas);
}

/** Changes the size without a rollout; while two revisions run, each keeps its share. */
function scaleAll(
  context: ControllerContext,
  deployment: Deployment,
  owned: readonly ReplicaSet[],
  existing: ReplicaSet | undefined,
): void {
  const active = owned.filter((replicaSet) => replicaSet.spec.replicas > 0);
  const [only, ...others] = active.length === 0 ? owned.filter((replicaSet) => replicaSet === existing) : active;
  if (only === undefined) return;
  const { surge } = fenceposts(deployment);
  if (others.length === 0) {
    resize(context, deployment, only, deployment.spec.replicas);
    return;
  }
  const allowed = deployment.spec.replicas > 0 ? deployment.spec.replicas + surge : 0;
  let change = allowed - total(active, sizeOf);
  const annotated = Number(only.metadata.annotations?.[maxAnnotation] ?? allowed);
  for (const replicaSet of [...active].sort((left, right) => right.spec.replicas - left.spec.replicas)) {
    const share = Math.round((replicaSet.spec.replicas * allowed) / Math.max(1, annotated)) - replicaSet.spec.replicas;
    const step = change > 0 ? Math.min(Math.max(share, 0), change) : Math.max(Math.min(share, 0), change);
    change -= step;
    resize(context, deployment, replicaSet, Math.max(0, replicaSet.spec.replicas + step));
  }
}

/** The ReplicaSet of the template at the size wanted, made when there is none; it gets the newest revision. */
function newReplicaSet(
  context: ControllerContext,
  deployment: Deployment,
  owned: readonly ReplicaSet[],
  existing: ReplicaSet | undefined,
  size: number,
): ReplicaSet {
  const newest = Math.max(0, ...owned.filter((replicaSet) => replicaSet !== existing).map(revisionOf));
  const revision = existing && revisionOf(existing) > newest ? revisionOf(existing) : newest + 1;
  const replicaSet = existing ?? create(context, deployment, size, revision);
  if (existing === undefined) scaled(context, deployment, replicaSet.metadata.name, 'up', 0, size);
  const { namespace = '', name } = replicaSet.metadata;
  if (revisionOf(replicaSet) !== revision) {
    context.store.replicasets.modify(namespace, name, (draft) => annotate(draft, { [revisionAnnotation]: String(revision) }), 'all');
  }
  if (revisionOf(deployment) !== revision) {
    const set = (draft: Deployment): void => annotate(draft, { [revisionAnnotation]: String(revision) });
    context.store.deployments.modify(namespace, deployment.metadata.name, set);
  }
  resize(context, deployment, context.store.replicasets.get(namespace, name) ?? replicaSet, size);
  return context.store.replicasets.get(namespace, name) ?? replicaSet;
}

function create(context: ControllerContext, deployment: Deployment, size: number, revision: number): ReplicaSet {
  const { template, selector, minReadySeconds } = deployment.spec;
  const hash = templateHash(template);
  const labels = { ...template.metadata.labels, [hashLabel]: hash };
  const { 'kubectl.kubernetes.io/last-applied-configuration': _applied, ...annotations } = deployment.metadata.annotations ?? {};
  return context.store.replicasets.insert({
    metadata: {
      name: `${deployment.metadata.name}-${hash}`,
      namespace: deployment.metadata.namespace,
      labels,
      annotations: { ...annotations, ...sizeAnnotations(deployment), [revisionAnnotation]: String(revision) },
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: size,
      minReadySeconds,
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [hashLabel]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  });
}

function resize(context: ControllerContext, deployment: Deployment, replicaSet: ReplicaSet, size: number): void {
  const { namespace = '', name } = replicaSet.metadata;
  const before = replicaSet.spec.replicas;
  const change = (draft: ReplicaSet): void => {
    draft.spec.replicas = size;
    if (size > 0 || before > 0) annotate(draft, sizeAnnotations(deployment));
  };
  context.store.replicasets.modify(namespace, name, change, 'all');
  if (size !== before) scaled(context, deployment, name, size > before ? 'up' : 'down', before, size);
}

function scaled(
  context: ControllerContext,
  deployment: Deployment,
  name: string,
  direction: 'up' | 'down',
  from: number,
  to: number,
): void {
  const message = `Scaled ${direction} replica set ${name} from ${from} to ${to}`;
  if (from !== to) context.events.record(component, deployment, 'Normal', 'ScalingReplicaSet', message);
}

function sizeAnnotations(deployment: Deployment): Record<string, string> {
  const { replicas } = deployment.spec;
  return { [desiredAnnotation]: String(replicas), [maxAnnotation]: String(replicas + fenceposts(deployment).surge) };
}

function annotate(draft: ReplicaSet | Deployment, annotations: Readonly<Record<string, string>>): void {
  draft.metadata.annotations = { ...draft.metadata.annotations, ...annotations };
}

/** Drops the oldest empty ReplicaSets beyond the history limit once the rollout is complete. */
function cleanUp(context: ControllerContext, deployment: Deployment, owned: readonly ReplicaSet[], current: ReplicaSet | undefined): void {
  const old = owned.filter((replicaSet) => replicaSet.metadata.uid !== current?.metadata.uid);
  const idle = old.filter((replicaSet) => replicaSet.spec.replicas === 0 && activePodsOf(context, replicaSet).length === 0);
  if (idle.length !== old.length) return;
  for (const { metadata } of idle.slice(0, Math.max(0, idle.length - deployment.spec.revisionHistoryLimit))) {
    context.store.replicasets.drop(metadata.namespace ?? '', metadata.name);
  }
}

function sizeOf(replicaSet: ReplicaSet): number {
  return replicaSet.spec.replicas;
}
