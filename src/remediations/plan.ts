import { z } from 'zod';
import { Step } from './executor/steps.ts';

/** R1: reversible, nobody notices. R2: people notice, or work under way is lost. R3: data or sessions can be lost. */
export const Risk = z.enum(['R1', 'R2', 'R3']);

/** A field of the outside as it is and as the plan leaves it. Where a server-side dry run exists, both come from it. */
export const Change = z.strictObject({ field: z.string(), before: z.string(), after: z.string() });

export const Plan = z.strictObject({
  risk: Risk,
  /** What is done, in one sentence with its numbers. */
  summary: z.string(),
  /** The one thing that this plan changes; locks and cool-downs go by it. */
  identity: z.string(),
  steps: z.array(Step).min(1).max(5),
  /** A sentence for each step. */
  stepTexts: z.array(z.string()),
  changes: z.array(Change),
  /** What people and machines will notice. */
  touches: z.array(z.string()),
  /** What the approver should know: managed by Helm, downtime, an override in use. */
  warnings: z.array(z.string()),
  undo: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('steps'), text: z.string() }),
    z.strictObject({ kind: z.literal('none'), text: z.string() }),
  ]),
  /** What Stop does while the plan is being carried out. */
  stop: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('revert'), text: z.string() }),
    z.strictObject({ kind: z.literal('hold'), text: z.string() }),
    z.strictObject({ kind: z.literal('cancel'), text: z.string() }),
    z.strictObject({ kind: z.literal('none') }),
  ]),
  /** It is meant for a while: somebody is reminded to take it back. */
  temporary: z.boolean(),
  /** Guards that could not look and that the requester asked to do without. Any of them makes the plan R3. */
  unchecked: z.array(z.string()),
});

/** A guard that could not look: the source of its evidence, in words, and why. */
export const BlindGuard = z.strictObject({ source: z.string(), title: z.string(), message: z.string() });

/** Why no plan is made. `mend`: what a person can do instead, with the remediation to open where one helps. */
export const Refusal = z.strictObject({
  code: z.string(),
  reason: z.string(),
  mend: z.string(),
  instead: z.strictObject({ remediation: z.string(), params: z.record(z.string(), z.json()) }).nullable(),
  /** The guards that could not look, where the plan can be made without them and nothing else stands in its way. */
  overridable: z.array(BlindGuard),
});

export type Risk = z.infer<typeof Risk>;
export type Change = z.infer<typeof Change>;
export type Plan = z.infer<typeof Plan>;
export type Refusal = z.infer<typeof Refusal>;
export type BlindGuard = z.infer<typeof BlindGuard>;

export interface Refused {
  readonly kind: 'refuse';
  readonly refusal: Refusal;
  /** What the requester may choose, so that this no longer stands in the way: the same is then offered with it. */
  readonly anyway?: Readonly<Record<string, z.core.util.JSONType>>;
}

export interface NothingToDo {
  readonly kind: 'nothing-to-do';
  readonly reason: string;
}

/** A plan as its remediation makes it, from all that could be looked at. */
export type Draft = Omit<Plan, 'unchecked'>;
export type DraftResult = { readonly kind: 'act'; readonly plan: Draft } | Refused | NothingToDo;
export type PlanResult = { readonly kind: 'act'; readonly plan: Plan } | Refused | NothingToDo;
