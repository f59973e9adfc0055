import type { Autoscaler } from '../kinds/autoscaler.ts';

/** What was recommended lately, by the autoscaler's uid. */
export type Recommendations = Map<string, { readonly at: number; readonly replicas: number }[]>;

interface Reason {
  readonly reason: string;
  readonly message: string;
}

export interface Bounded {
  readonly replicas: number;
  readonly limited: boolean;
  /** For the condition AbleToScale. */
  readonly able: Reason;
  /** For the condition ScalingLimited. */
  readonly why: Reason;
}

const stabilized: Reason = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};
const ready: Reason = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const tooFew: Reason = { reason: 'TooFewReplicas', message: 'the desired replica count is less than the minimum replica count' };
const tooMany: Reason = { reason: 'TooManyReplicas', message: 'the desired replica count is more than the maximum replica count' };
const tooFast: Reason = { reason: 'ScaleUpLimit', message: 'the desired replica count is increasing faster than the maximum scale rate' };
const within: Reason = { reason: 'DesiredWithinRange', message: 'the desired count is within the acceptable range' };

/**
 * Holds a recommendation to the highest of the window, to the pace of scaling up and to the bounds of the spec. An
 * autoscaler with `behavior` holds at its current size instead and may grow by four pods (horizontal.go,
 * normalizeDesiredReplicas and normalizeDesiredReplicasWithBehaviors with the default policies).
 */
export function bounded(
  recommendations: Recommendations,
  autoscaler: Autoscaler,
  current: number,
  wanted: number,
  windowMs: number,
  now: number,
): Bounded {
  const { uid } = autoscaler.metadata;
  const { minReplicas, maxReplicas, behavior } = autoscaler.spec;
  const recent = (recommendations.get(uid) ?? []).filter(({ at }) => at > now - windowMs);
  const highest = Math.max(wanted, ...recent.map(({ replicas }) => replicas));
  recommendations.set(uid, [...recent, { at: now, replicas: wanted }]);
  const held = behavior === undefined ? highest : Math.max(wanted, Math.min(current, highest));
  const able = held === wanted ? ready : stabilized;
  const pace = behavior === undefined ? Math.max(2 * current, 4) : Math.max(2 * current, current + 4);
  const [most, why] = maxReplicas > pace ? [pace, tooFast] : [maxReplicas, tooMany];
  if (held < minReplicas) return { replicas: minReplicas, limited: true, able, why: tooFew };
  if (held > most) return { replicas: most, limited: true, able, why };
  return { replicas: held, limited: false, able, why: within };
}
