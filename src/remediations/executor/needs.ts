import { KUBERNETES_NEEDS } from './needs/kubernetes.ts';
import { POSTGRES_NEEDS } from './needs/postgres.ts';
import type { VerbNeeds } from './needs/types.ts';
import { VAULT_NEEDS } from './needs/vault.ts';
import type { Verb } from './steps.ts';

/** What each verb sends and may do: docs/remediations.md is made of it, and deploy/ must grant exactly that. */
export const VERB_NEEDS: Readonly<Record<Verb, VerbNeeds>> = { ...KUBERNETES_NEEDS, ...POSTGRES_NEEDS, ...VAULT_NEEDS };
