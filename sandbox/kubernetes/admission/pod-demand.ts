import type { Pod } from '../kinds/pod.ts';
import { quantity } from '../quantity.ts';
import type { ClusterStore } from '../store/cluster-store.ts';

export type Amounts = Record<string, number>;

/** What a pod counts for in a quota; a resource that some container does not state is absent. */
export function podDemand(pod: Pod): Amounts {
  const demand: Amounts = { pods: 1, 'count/pods': 1 };
  for (const bound of ['requests', 'limits'] as const) {
    for (const resource of ['cpu', 'memory']) {
      const stated = pod.spec.containers.map((container) => container.resources[bound]?.[resource]);
      if (stated.some((amount) => amount === undefined)) continue;
      const total = stated.reduce((sum, amount) => sum + quantity(amount ?? '0'), 0);
      demand[`${bound}.${resource}`] = total;
      if (bound === 'requests') demand[resource] = total;
    }
  }
  return demand;
}

/** What the pods of a namespace that are not finished use of each quota resource, with the other counted objects. */
export function quotaUse(store: ClusterStore, namespace: string): Amounts {
  const used: Amounts = {
    services: store.services.list(namespace).length,
    configmaps: store.configmaps.list(namespace).length,
    persistentvolumeclaims: store.persistentvolumeclaims.list(namespace).length,
    'count/deployments.apps': store.deployments.list(namespace).length,
    'count/replicasets.apps': store.replicasets.list(namespace).length,
  };
  for (const pod of store.pods.list(namespace)) {
    if (pod.status.phase === 'Succeeded' || pod.status.phase === 'Failed') continue;
    for (const [resource, amount] of Object.entries(podDemand(pod))) used[resource] = (used[resource] ?? 0) + amount;
  }
  return used;
}

/** The sum of the pod's requests for one resource, in cores or bytes; what is not stated counts nothing. */
export function requested(pod: Pod, resource: 'cpu' | 'memory'): number {
  return pod.spec.containers.reduce((sum, container) => sum + quantity(container.resources.requests?.[resource] ?? '0'), 0);
}
