import type { z } from 'zod';
import type { NamedTarget, Settings } from '../config/settings.ts';
import type { Report } from '../diagnostics/report.ts';
import type { CollectedOf, Evidence, Needs } from '../diagnostics/types.ts';
import type { Verb } from './executor/steps.ts';
import type { Facts } from './executor/verb.ts';
import type { Form } from './form.ts';
import type { PlanResult, Risk } from './plan.ts';

export type Params = Readonly<Record<string, unknown>>;

export interface PlanContext {
  readonly target: NamedTarget;
  readonly settings: Settings['remediations'];
  readonly now: Date;
  /** Set where this plan takes an earlier request back: limits on how far one may go do not apply to going back. */
  readonly undoing: boolean;
}

/** What a form is filled with: the parameters offered by the diagnosis, what may be chosen, and what the run saw. */
export interface FormContext {
  readonly target: NamedTarget;
  readonly params: Readonly<Record<string, unknown>>;
  readonly choices: Readonly<Record<string, readonly string[]>>;
  readonly report: Report | null;
}

/** A remediation after its definition: parameters come from outside and are parsed by it. */
export interface Remediation {
  readonly id: string;
  readonly title: string;
  /** The class of its worst plan; each plan carries its own. */
  readonly risk: Risk;
  readonly verbs: readonly Verb[];
  /** How long carrying it out may take, where that is not the rollout's deadline. Seconds. */
  readonly deadlineSeconds?: number;
  form(context: FormContext): Form;
  /** @throws ZodError where the parameters are not what this remediation takes. */
  parse(params: unknown, target: NamedTarget): Params;
  needs(params: Params, target: NamedTarget): Needs;
  plan(params: Params, evidence: ReadonlyMap<string, Evidence<unknown>>, context: PlanContext): PlanResult;
  /** The parameters and the remediation's own plan that take back what was done; undefined where nothing can. */
  undo?(done: { readonly params: Params; readonly facts: readonly Facts[] }): Params | undefined;
}

interface Definition<P extends Params, N extends Needs> {
  readonly id: string;
  readonly title: string;
  readonly risk: Risk;
  readonly verbs: readonly Verb[];
  readonly deadlineSeconds?: number;
  readonly params: (target: NamedTarget) => z.ZodType<P>;
  readonly form: (context: FormContext) => Form;
  /** The evidence that a plan rests on, read freshly. One that cannot be looked at blocks the plan. */
  readonly needs: (params: P, target: NamedTarget) => N;
  readonly plan: (params: P, evidence: CollectedOf<N>, context: PlanContext) => PlanResult;
  readonly undo?: (done: { readonly params: P; readonly facts: readonly Facts[] }) => P | undefined;
}

/**
 * Defines a remediation. Its plan is only asked where all evidence is there and complete; otherwise the plan is refused,
 * naming what could not be looked at.
 */
export function defineRemediation<P extends Params, const N extends Needs>(definition: Definition<P, N>): Remediation {
  const { params, undo } = definition;
  return {
    ...definition,
    parse: (raw, target) => params(target).parse(raw),
    needs: (raw, target) => definition.needs(params(target).parse(raw), target),
    plan(raw, evidence, context) {
      const parsed = params(context.target).parse(raw);
      const found = gather(definition.needs(parsed, context.target), evidence);
      return found.kind === 'blind' ? { kind: 'refuse', refusal: found.refusal } : definition.plan(parsed, found.evidence, context);
    },
    ...(undo === undefined ? {} : { undo: (done) => undo({ params: done.params as P, facts: done.facts }) }), // stored after `parse`
  } as Remediation;
}

function gather<N extends Needs>(needs: N, evidence: ReadonlyMap<string, Evidence<unknown>>) {
  const blind = Object.values(needs).flatMap((source) => {
    const found = evidence.get(source.id);
    if (found === undefined) return [{ message: `${source.title} was not read`, mend: source.permission }];
    if (found.kind === 'missing') return [found];
    return found.gap === null ? [] : [found.gap];
  });
  if (blind.length > 0) {
    const refusal = {
      code: 'could-not-look',
      reason: `A guard could not look: ${blind.map((gap) => gap.message).join(' ')}`,
      mend: [...new Set(blind.map((gap) => gap.mend))].join(' '),
      instead: null,
    };
    return { kind: 'blind' as const, refusal };
  }
  const entries = Object.entries(needs).map(([name, source]) => [name, evidence.get(source.id)]);
  return { kind: 'seen' as const, evidence: Object.fromEntries(entries) as CollectedOf<N> }; // a source's evidence is stored under its own id
}
