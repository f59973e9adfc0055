import type { Deployment } from '../../diagnostics/evidence/deployment.ts';
import type { Pod } from '../../diagnostics/evidence/pods.ts';
import type { Refused } from '../plan.ts';
import { refuse } from './refusal.ts';

/** Refuses while the Deployment is paused or rolling out: two changes at once cannot be told apart, nor undone one by one. */
export function rolloutGuard(deployment: Deployment): Refused | undefined {
  const { paused, name, counts, replicas } = deployment;
  if (paused) return refuse('paused', `The rollout of ${name} is paused.`, WAS_PAUSED);
  if (rollsOut(deployment))
    return refuse(
      'rollout-in-progress',
      `A rollout of ${name} is in progress: ${counts.updated} of ${replicas} pods are of the newest revision.`,
      'Wait until it is complete, then ask again.',
    );
  return undefined;
}

const WAS_PAUSED = 'Somebody paused it on purpose: ask them, or run `kubectl rollout resume`.';

/** Whether a rollout is in progress, or about to begin. */
export const rollsOut = ({ observedGeneration, generation, counts, replicas }: Deployment): boolean =>
  observedGeneration < generation || counts.updated < replicas;

/** For what may be done during a rollout: refuses while it is paused, as nothing would come of it. */
export function pausedGuard({ paused, name }: Deployment): Refused | undefined {
  return paused ? refuse('paused', `The rollout of ${name} is paused.`, WAS_PAUSED) : undefined;
}

/** For what may be done during a rollout: refuses while the controller has yet to see the last change, as the revision is then not the newest. */
export function unseenGuard({ observedGeneration, generation, name }: Deployment): Refused | undefined {
  if (observedGeneration >= generation) return undefined;
  return refuse('not-seen-yet', `Kubernetes has not seen the last change of ${name} yet.`, 'Ask again in a few seconds.');
}

/** Refuses to ask for more pods while some cannot be placed. What the bot cannot see of the nodes stays unknown. */
export function schedulingGuard(pods: readonly Pod[]): Refused | undefined {
  const stuck = pods.find((pod) => pod.unschedulable !== null);
  if (stuck === undefined) return undefined;
  return refuse(
    'unschedulable',
    `The pod ${stuck.name} finds no node already: ${stuck.unschedulable}.`,
    'More pods would wait with it. Make room in the cluster first.',
  );
}

/** Pods that a rolling update may run beside the wanted ones. Percentages are rounded up, as Kubernetes does. */
export function surgeOf(deployment: Deployment, replicas: number): number {
  if (deployment.strategy !== 'RollingUpdate') return 0;
  const { maxSurge } = deployment;
  if (typeof maxSurge === 'number') return maxSurge;
  return maxSurge.endsWith('%') ? Math.ceil((replicas * Number.parseFloat(maxSurge)) / 100) : Number.parseInt(maxSurge, 10) || 0;
}

/** One lock and one cool-down for a Deployment and its autoscaler. */
export const workloadIdentity = (deployment: Deployment) => `deployment:${deployment.uid}`;
