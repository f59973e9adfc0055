import type { PlanResult, Refusal } from '../plan.ts';

/** A plan that is not made, and what to do instead. */
export function refuse(code: string, reason: string, mend: string, instead: Refusal['instead'] = null): PlanResult {
  return { kind: 'refuse', refusal: { code, reason, mend, instead } };
}

/** The first refusal among guards; undefined where all let it pass. */
export function firstRefusal(...guards: readonly (PlanResult | undefined)[]): PlanResult | undefined {
  return guards.find((guard) => guard !== undefined);
}
