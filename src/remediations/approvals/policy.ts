import type { Risk } from '../plan.ts';

/** How many people other than the requester must approve a plan of each risk class. */
export const QUORUM: Readonly<Record<Risk, number>> = { R1: 1, R2: 1, R3: 2 };

/**
 * Who may decide now. `not-set`: no user group is configured, so nobody may approve. `not-known`: Slack has not said yet
 * who is in it, so nothing is decided.
 */
export type Approvers =
  | { readonly kind: 'members'; readonly users: ReadonlySet<string> }
  | { readonly kind: 'not-set' }
  | { readonly kind: 'not-known' };
