import { z } from 'zod';
import type { NamedTarget, Settings } from '../config/settings.ts';
import type { Report } from '../diagnostics/report.ts';
import type { Collected, CollectedOf, Evidence, Missing, Needs, Source } from '../diagnostics/types.ts';
import type { Verb } from './executor/steps.ts';
import type { Facts } from './executor/verb.ts';
import type { Form } from './form.ts';
import type { Manual } from './manual.ts';
import { inOurWords } from './parameters.ts';
import type { BlindGuard, DraftResult, PlanResult, Refused, Risk } from './plan.ts';

export type Params = Readonly<Record<string, unknown>>;

export interface PlanContext {
  readonly target: NamedTarget;
  readonly settings: Settings['remediations'];
  readonly now: Date;
  /** Set where this plan takes an earlier request back: limits on how far one may go do not apply to going back. */
  readonly undoing: boolean;
  /** Sources that may be missing: the requester asked to go on without what they guard. */
  readonly overrides: readonly string[];
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
  readonly manual: Manual;
  /** How long carrying it out may take, where that is not the rollout's deadline. Seconds. */
  readonly deadlineSeconds?: number;
  /** Checks that may be bad afterwards because it did what it should: a job that was ended is told of as a failed one. */
  readonly leavesBad?: readonly string[];
  /**
   * That the one thing which a fix was for is well in a report, in a sentence, where its cause may be about several alike: those that
   * are left do not count against it. Undefined: it is not, or the report does not tell.
   */
  mended?(params: Params, report: Report): string | undefined;
  form(context: FormContext): Form;
  /** @throws ZodError where the parameters are not what this remediation takes; its messages go on after the name of the parameter. */
  parse(params: unknown, target: NamedTarget): Params;
  needs(params: Params, target: NamedTarget): Needs;
  plan(params: Params, evidence: ReadonlyMap<string, Evidence<unknown>>, context: PlanContext): PlanResult;
  /** The parameters and the remediation's own plan that take back what was done; undefined where nothing can. */
  undo?(done: { readonly params: Params; readonly facts: readonly Facts[] }): Params | undefined;
  /** The fix that removes what was left behind where this one was stopped or broke off; undefined: nothing was, or none does. */
  removal?(done: { readonly params: Params; readonly facts: readonly Facts[] }): Removal | undefined;
}

/** What is left behind, in a sentence, and the fix that removes it. */
export interface Removal {
  readonly remediation: string;
  readonly params: Record<string, z.core.util.JSONType>;
  readonly reason: string;
}

interface Definition<P extends Params, N extends Needs> {
  readonly id: string;
  readonly title: string;
  readonly risk: Risk;
  readonly verbs: readonly Verb[];
  readonly manual: Manual;
  readonly deadlineSeconds?: number;
  readonly leavesBad?: readonly string[];
  readonly mended?: (params: P, report: Report) => string | undefined;
  readonly params: (target: NamedTarget) => z.ZodType<P>;
  readonly form: (context: FormContext) => Form;
  /** The evidence that a plan rests on, read freshly. One that cannot be looked at blocks the plan. */
  readonly needs: (params: P, target: NamedTarget) => N;
  /**
   * What to take for granted where a source that only guards cannot be looked at and the requester asked to go on without
   * it: data with which its guard lets everything pass. A source that is not named here can never be done without.
   */
  readonly assume?: Assumptions<N>;
  /** Those of them whose guards do not hold for taking something back, which then does not wait for them either. */
  readonly undoneWithout?: readonly (keyof N)[];
  readonly plan: (params: P, evidence: CollectedOf<N>, context: PlanContext) => DraftResult;
  readonly undo?: (done: { readonly params: P; readonly facts: readonly Facts[] }) => P | undefined;
  readonly removal?: (done: { readonly params: P; readonly facts: readonly Facts[] }) => Removal | undefined;
}

type Assumptions<N extends Needs> = { readonly [Key in keyof N]?: N[Key] extends Source<infer Data> ? Data : never };

/**
 * Defines a remediation. Its plan is only asked where all evidence is there and complete, or where a guard could not look and
 * the requester asked to go on without it; otherwise the plan is refused, naming what could not be looked at.
 */
export function defineRemediation<P extends Params, const N extends Needs>(definition: Definition<P, N>): Remediation {
  const { params, undo, removal, mended, assume = {}, undoneWithout = [] } = definition;
  return {
    ...definition,
    parse: (raw, target) => params(target).parse(raw, { error: inOurWords }),
    needs: (raw, target) => definition.needs(params(target).parse(raw), target),
    plan(raw, evidence, context) {
      const parsed = params(context.target).parse(raw);
      const needs = definition.needs(parsed, context.target);
      const found = gather(needs, { assume, ignored: context.undoing ? undoneWithout : [] }, evidence, context);
      if (found.kind === 'refuse') return found;
      const result = withUnchecked(definition.plan(parsed, found.evidence, context), found.unchecked);
      return context.undoing ? result : withChoice(result, definition.id, parsed);
    },
    ...(mended === undefined ? {} : { mended: (raw, report) => mended(raw as P, report) }), // stored after `parse`
    ...(undo === undefined ? {} : { undo: (done) => undo({ params: done.params as P, facts: done.facts }) }), // stored after `parse`
    ...(removal === undefined ? {} : { removal: (done) => removal({ params: done.params as P, facts: done.facts }) }), // likewise
  } as Remediation;
}

const Stored = z.record(z.string(), z.json());

/** A refusal that the requester may choose to do without leads to the same fix, asked for with that choice. */
function withChoice(result: PlanResult, id: string, params: Params): PlanResult {
  if (result.kind !== 'refuse' || result.anyway === undefined) return result;
  const chosen = Stored.parse(JSON.parse(JSON.stringify({ ...params, ...result.anyway })));
  return { kind: 'refuse', refusal: { ...result.refusal, instead: { remediation: id, params: chosen } } };
}

interface Gathered<N extends Needs> {
  readonly kind: 'seen';
  readonly evidence: CollectedOf<N>;
  readonly unchecked: readonly BlindGuard[];
}

function gather<N extends Needs>(
  needs: N,
  { assume, ignored }: { readonly assume: Assumptions<N>; readonly ignored: readonly (keyof N)[] },
  evidence: ReadonlyMap<string, Evidence<unknown>>,
  { overrides, now }: PlanContext,
): Gathered<N> | Refused {
  const seen: Record<string, Collected<unknown>> = {};
  const blind: (BlindGuard & { readonly mend: string; readonly optional: boolean })[] = [];
  for (const [name, source] of Object.entries(needs)) {
    const found = evidence.get(source.id);
    const gap = gapOf(source, found);
    if (found?.kind === 'collected' && gap === undefined) seen[name] = found;
    else {
      const optional = Object.hasOwn(assume, name);
      if (!optional || !ignored.includes(name))
        blind.push({ source: source.id, title: source.title, message: gap?.message ?? '', mend: gap?.mend ?? '', optional });
      if (optional && found !== undefined) seen[name] = assumed(source, assume[name], found, now);
    }
  }
  const unchecked = blind.filter(({ source, optional }) => optional && overrides.includes(source)).map(plain);
  if (unchecked.length < blind.length) return couldNotLook(blind);
  return { kind: 'seen', evidence: seen as CollectedOf<N>, unchecked }; // a source's evidence is stored under its own id
}

function gapOf(source: Source<unknown>, found: Evidence<unknown> | undefined): Pick<Missing, 'message' | 'mend'> | undefined {
  if (found === undefined) return { message: `${source.title} was not read.`, mend: source.permission };
  return found.kind === 'missing' ? found : (found.gap ?? undefined);
}

function assumed(source: Source<unknown>, data: unknown, { asked }: Evidence<unknown>, at: Date): Collected<unknown> {
  return { kind: 'collected', source: source.id, data, complete: true, gap: null, asked, at, durationMs: 0 };
}

const plain = ({ source, title, message }: BlindGuard): BlindGuard => ({ source, title, message });

function couldNotLook(blind: readonly (BlindGuard & { readonly mend: string; readonly optional: boolean })[]): Refused {
  return {
    kind: 'refuse',
    refusal: {
      code: 'could-not-look',
      reason: `A guard could not look. ${blind.map(({ title, message }) => `${title}: ${message}`).join('; ')}`,
      mend: [...new Set(blind.map(({ mend }) => mend))].join(' '),
      instead: null,
      overridable: blind.every(({ optional }) => optional) ? blind.map(plain) : [],
    },
  };
}

/** A plan that rests on what nobody looked at says so, and asks for as many approvals as the worst class of risk. */
function withUnchecked(result: DraftResult, unchecked: readonly BlindGuard[]): PlanResult {
  if (result.kind !== 'act') return result;
  const { plan } = result;
  if (unchecked.length === 0) return { kind: 'act', plan: { ...plan, unchecked: [] } };
  const said = unchecked.map(({ title, message }) => `NOT CHECKED: ${title}. ${message}`);
  return {
    kind: 'act',
    plan: { ...plan, risk: 'R3', warnings: [...said, ...plan.warnings], unchecked: unchecked.map(({ source }) => source) },
  };
}
