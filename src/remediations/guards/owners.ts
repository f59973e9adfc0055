import type { Deployment, Manager } from '../../diagnostics/evidence/deployment.ts';
import type { Refused } from '../plan.ts';
import { refuse } from './refusal.ts';

/** Those that put back what somebody else changes, within minutes. Helm does so at its next release only. */
const PUTS_BACK: readonly Manager[] = ['Argo CD', 'Flux'];

/** The one that keeps the Deployment as its repository says; undefined where nobody does. */
function gitOpsOwner({ managedBy }: Pick<Deployment, 'managedBy'>): Manager | undefined {
  return managedBy.find((manager) => PUTS_BACK.includes(manager));
}

/**
 * Refuses to change a value that Argo CD or Flux owns: it would be put back within minutes. A plan that takes an earlier
 * request back is let pass, as it goes the same way.
 * @param lasting what lasts instead, with its exact value: "replicas: 5", "revert the commit that …". Completes "In the repository: …".
 */
export function gitOpsGuard(
  deployment: Pick<Deployment, 'name' | 'managedBy'>,
  lasting: string,
  { undoing }: { readonly undoing: boolean },
): Refused | undefined {
  const owner = gitOpsOwner(deployment);
  if (owner === undefined || undoing) return undefined;
  return refuse(
    'gitops',
    `${deployment.name} is managed by ${owner}, which puts back what anybody else changes.`,
    `In the repository that ${owner} follows: ${lasting}. It lasts, and ${owner} brings it.`,
  );
}

/**
 * What the approver should know of who else writes the object: Helm, whose next release overwrites it, and Argo CD or Flux
 * where a request is taken back. `lasting`: as above.
 */
export function ownerWarnings({ name, managedBy }: Pick<Deployment, 'name' | 'managedBy'>, lasting: string): string[] {
  return managedBy.map((manager) =>
    PUTS_BACK.includes(manager)
      ? `${name} is managed by ${manager}, which puts back what its repository says. In the repository: ${lasting}.`
      : `${name} is managed by ${manager}: its next release overwrites this. To make it last, in its values: ${lasting}.`,
  );
}

/** The same for what changes no value that a manager owns: a restart, an eviction. `what` begins the sentence. */
export function ownerNotes({ name, managedBy }: Pick<Deployment, 'name' | 'managedBy'>, what: string): string[] {
  return managedBy.length === 0 ? [] : [`${name} is managed by ${managedBy.join(' and ')}. ${what} changes no value that it owns.`];
}
