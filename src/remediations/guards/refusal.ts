import type { NothingToDo, Refusal, Refused } from '../plan.ts';

/** A plan that is not made, and what to do instead. */
export function refuse(code: string, reason: string, mend: string, instead: Refusal['instead'] = null): Refused {
  return { kind: 'refuse', refusal: { code, reason, mend, instead, overridable: [] } };
}

/** The first objection among guards; undefined where all let it pass. */
export function firstRefusal<Objection extends Refused | NothingToDo>(
  ...guards: readonly (Objection | undefined)[]
): Objection | undefined {
  return guards.find((guard) => guard !== undefined);
}
