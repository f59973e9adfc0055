import type { ClusterEvent } from '../evidence/events.ts';
import type { ReplicaSet } from '../evidence/replicasets.ts';

/** How many replicas a Deployment had before it was scaled to none. */

/**
 * What its last scaling says, where that went to none ("Scaled down replica set hotswap-api-7d4b9 to 0 from 3"); null: it was
 * another one, or it does not say, as before Kubernetes 1.25. The most recent event first.
 */
export function scaledDownFrom(events: readonly Pick<ClusterEvent, 'kind' | 'reason' | 'note'>[]): number | null {
  const latest = events.find(({ kind, reason }) => kind === 'Deployment' && reason === 'ScalingReplicaSet');
  const from = /^Scaled down replica set \S+ (?:from (\d+) to 0|to 0 from (\d+))$/.exec(latest?.note ?? '');
  const replicas = from?.[1] ?? from?.[2];
  return replicas === undefined ? null : Number(replicas);
}

/** The controller writes how many replicas the Deployment wants into each ReplicaSet that it scales; older ones keep what was true then. */
export function lastDesiredOf(sets: readonly Pick<ReplicaSet, 'deploymentDesired'>[]): number | null {
  return sets.map(({ deploymentDesired }) => deploymentDesired ?? 0).find((desired) => desired > 0) ?? null;
}
