import { quotaUse } from '../admission/pod-demand.ts';
import { selects } from '../api/selectors.ts';
import type { DisruptionBudget } from '../kinds/cluster.ts';
import { isPodActive, isPodReady, type Pod } from '../kinds/pod.ts';
import { formatResource } from '../quantity.ts';
import { controllerOf, kubeTime } from '../store/object.ts';
import type { ControllerContext } from './context.ts';
import { resolved } from './rollout-rules.ts';

/** Keeps the status of PodDisruptionBudgets: how many pods may be evicted now. */
export function syncDisruptionBudgets(context: ControllerContext): void {
  for (const budget of context.store.poddisruptionbudgets.list()) {
    const { namespace = '', name, generation } = budget.metadata;
    const { selector } = budget.spec;
    const pods = context.store.pods
      .list(namespace)
      .filter((pod) => isPodActive(pod) && selector !== undefined && selects(selector, pod.metadata.labels));
    const expected = expectedPods(context, budget, pods);
    const healthy = pods.filter(isPodReady).length;
    const desired = desiredHealthy(budget, expected);
    const allowed = Math.max(0, healthy - desired);
    context.store.poddisruptionbudgets.modify(namespace, name, (draft) => {
      const status = allowed > 0 ? 'True' : 'False';
      const before = draft.status.conditions?.[0];
      draft.status = {
        disruptionsAllowed: allowed,
        currentHealthy: healthy,
        desiredHealthy: desired,
        expectedPods: expected,
        ...(generation === undefined ? {} : { observedGeneration: generation }),
        conditions: [
          {
            type: 'DisruptionAllowed',
            status,
            reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
            message: '',
            lastTransitionTime: before?.status === status ? before.lastTransitionTime : kubeTime(context.now()),
            ...(generation === undefined ? {} : { observedGeneration: generation }),
          },
        ],
      };
    });
  }
}

/** What the controllers of the pods want; percentages and maxUnavailable count from it. */
function expectedPods(context: ControllerContext, { spec }: DisruptionBudget, pods: readonly Pod[]): number {
  if (typeof spec.minAvailable === 'number') return pods.length;
  const owners = new Set(pods.flatMap((pod) => controllerOf(pod)?.uid ?? []));
  const workloads = context.store.replicasets.list().filter(({ metadata }) => owners.has(metadata.uid));
  const deployments = new Set(workloads.flatMap((replicaSet) => controllerOf(replicaSet)?.uid ?? []));
  const roots = context.store.deployments.list().filter(({ metadata }) => deployments.has(metadata.uid));
  const bare = workloads.filter((replicaSet) => controllerOf(replicaSet) === undefined);
  return [...roots, ...bare].reduce((sum, workload) => sum + workload.spec.replicas, 0);
}

function desiredHealthy({ spec }: DisruptionBudget, expected: number): number {
  if (spec.maxUnavailable !== undefined) return Math.max(0, expected - resolved(spec.maxUnavailable, expected, Math.ceil));
  return resolved(spec.minAvailable ?? 1, expected, Math.ceil);
}

/** Keeps the status of ResourceQuotas: what is used of each bound. */
export function syncQuotas(context: ControllerContext): void {
  for (const quota of context.store.resourcequotas.list()) {
    const { namespace = '', name } = quota.metadata;
    const hard = quota.spec.hard ?? {};
    const use = quotaUse(context.store, namespace);
    const used = Object.fromEntries(Object.keys(hard).map((resource) => [resource, formatResource(resource, use[resource] ?? 0)]));
    context.store.resourcequotas.modify(namespace, name, (draft) => {
      draft.status = { hard, used };
    });
  }
}
