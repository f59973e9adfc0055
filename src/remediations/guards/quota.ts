import type { Deployment } from '../../diagnostics/evidence/deployment.ts';
import type { NamespaceLimits } from '../../diagnostics/evidence/quotas.ts';
import { breaches, demandOf, headroom, type PodDemand, unstated } from '../../diagnostics/rules/namespace-limits.ts';
import { bytes, cores, count } from '../../diagnostics/rules/phrases.ts';
import { parseQuantity } from '../../diagnostics/rules/quantity.ts';
import type { Refused } from '../plan.ts';
import { refuse } from './refusal.ts';

/** Stands for a namespace whose quotas nobody could look at, where the requester goes on without that guard. */
export const NO_LIMITS: NamespaceLimits = { quotas: [], bounds: [], defaults: [] };

/** What the namespace has to take. */
interface Growth {
  /** Pods that run beside those that there are: of a scale-up, or the surge of a rollout (`surgeOf`). */
  readonly more: number;
  /** What each of them asks for. */
  readonly demand: PodDemand;
  /** Pods that are replaced by ones that ask for something else, and what each asks for now; left out: none are. */
  readonly replaced?: { readonly count: number; readonly demand: PodDemand };
}

/** What a pod of the Deployment asks for, as its template says. */
export const demandOfPods = ({ containers, initContainers }: Pick<Deployment, 'containers' | 'initContainers'>): PodDemand => ({
  containers,
  initContainers,
});

/**
 * Refuses what a ResourceQuota or a LimitRange of the namespace would keep from running. Both are enforced on pods alone: the
 * Deployment, and its dry run, are taken all the same, and then no pod comes. Quotas of some pods only (scopes) are left out.
 */
export function quotaGuard(limits: NamespaceLimits, { more, demand, replaced }: Growth): Refused | undefined {
  const [breach] = breaches(limits, demand);
  if (breach !== undefined)
    return refuse(
      'limit-range',
      `LimitRange ${breach.name} forbids such a pod: ${breach.text}.`,
      'No new pod would be created. Stay within it, or change the LimitRange.',
    );
  const [silent] = unstated(limits, demand);
  if (silent !== undefined)
    return refuse(
      'quota',
      `Quota ${silent.name} forbids such a pod: ${silent.text}, which it counts.`,
      'No new pod would be created. State it in the pod template, or have a LimitRange fill it in.',
    );
  for (const quota of headroom(limits, demand)) {
    const each = demandOf(quota.resource, demand, limits) ?? 0;
    const grown =
      replaced === undefined ? 0 : Math.max(0, each - (demandOf(quota.resource, replaced.demand, limits) ?? 0)) * replaced.count;
    const needed = more * each + grown;
    const left = (parseQuantity(quota.hard) ?? 0) - (parseQuantity(quota.used) ?? 0);
    if (needed <= left * (1 + ROUNDING) + ROUNDING) continue;
    return refuse(
      'quota',
      `Quota ${quota.name} gives ${quota.hard} of ${quota.resource}, of which ${quota.used} is used. This needs ${amount(quota.resource, needed)} more, and ${amount(quota.resource, Math.max(0, left))} is left (${count(more, 'pod')} more at ${amount(quota.resource, each)} each${grown > 0 ? `, and ${amount(quota.resource, grown)} for those that are replaced` : ''}).`,
      fits(quota.pods, more),
    );
  }
  return undefined;
}

const amount = (resource: string, value: number) =>
  resource.endsWith('memory') ? bytes(value) : resource.endsWith('cpu') ? cores(value) : String(value);

/** Sums of fractions are not exact. */
const ROUNDING = 1e-9;

const fits = (pods: number, more: number) =>
  pods > 0 && pods < more
    ? `Room is left for ${pods} more. Raise the quota for more than that.`
    : 'Raise the quota, or make room in the namespace, first: the pods would not be created.';
