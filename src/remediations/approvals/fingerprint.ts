import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Plan } from '../plan.ts';

/**
 * What an approval is bound to: the target and, for each step, its verb, the identity of what it changes, its parameters,
 * the values before and its preconditions, and the guards that were done without. Prose, times and counts are not part of it.
 */
export function fingerprintOf(target: string, remediation: string, plan: Plan): string {
  const text = canonicalize({
    target,
    remediation,
    risk: plan.risk,
    identity: plan.identity,
    steps: plan.steps,
    unchecked: plan.unchecked,
  });
  if (text === undefined) throw new Error('a plan without steps has no fingerprint');
  return createHash('sha256').update(text).digest('hex');
}
