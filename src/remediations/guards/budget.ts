import type { Budget } from '../evidence/budgets.ts';
import type { Refused } from '../plan.ts';
import { refuse } from './refusal.ts';

/**
 * Refuses an eviction that a PodDisruptionBudget would refuse (429). A pod that is not ready may go where its budget is
 * healthy without it: whether the cluster knows that rule is left to its own dry run.
 */
export function budgetGuard(budgets: readonly Budget[], pod: { readonly name: string; readonly ready: boolean }): Refused | undefined {
  const [budget, another] = budgets;
  if (budget === undefined) return undefined;
  if (another !== undefined)
    return refuse(
      'several-budgets',
      `${budgets.map(({ name }) => name).join(' and ')} both hold for ${pod.name}; Kubernetes then evicts nothing.`,
      'Keep one PodDisruptionBudget for these pods.',
    );
  const { name, disruptionsAllowed, currentHealthy, desiredHealthy } = budget;
  const spared = !pod.ready && desiredHealthy > 0 && currentHealthy >= desiredHealthy;
  if (disruptionsAllowed > 0 || spared) return undefined;
  return refuse(
    'disruption-budget',
    `PodDisruptionBudget ${name} allows no disruption now: it wants ${desiredHealthy} healthy pods, and there are ${currentHealthy}.`,
    'Wait until more pods are healthy, or scale up first. The bot does not delete around it.',
  );
}
