import { findTarget, type NamedTarget } from '../config/settings.ts';
import type { RemediationOffer, Report } from '../diagnostics/report.ts';
import { type Rule, ruleFor } from '../remediations/approvals/rule.ts';
import type { Remediation } from '../remediations/types.ts';
import { type FormReference, fixFormModal } from '../slack/render/fix-form.ts';
import { findRun } from '../store/runs.ts';
import { type FixContext, requestOf } from './fix-context.ts';
import { Refusal } from './refusal.ts';

/** Where a fix is asked for: a thread of a channel, about a target, and the run that it answers where there is one. */
interface Place {
  readonly target: string;
  readonly channel: string;
  readonly threadId: string;
  readonly runId: string | null;
  readonly report: Report | null;
  /** The cause that an earlier request in the thread was for. */
  readonly cause: string | null;
}

/** What a form is made of and a submission is checked against. */
export interface OpenForm {
  readonly place: Place;
  readonly remediation: Remediation;
  readonly offer: RemediationOffer | null;
  /** The cause that it is for: that of its offer. */
  readonly cause: string | null;
}

/** Finds what a form refers to. @throws Refusal where it is not there any more. */
export async function openForm(reference: FormReference, context: FixContext): Promise<OpenForm> {
  const remediation = (await context.definitions()).get(reference.remediation);
  if (remediation === undefined) throw new Refusal(`\`${reference.remediation}\` cannot be carried out by this version.`);
  const place = await placeOf(reference, context);
  const diagnosis = reference.diagnosis === null ? undefined : place.report?.diagnoses[reference.diagnosis];
  const offer = reference.offer === null ? undefined : diagnosis?.remediations[reference.offer];
  if (reference.offer !== null && offer?.id !== remediation.id)
    throw new Refusal('The report has changed since. Press the button in its newest message.');
  return { place, remediation, offer: offer ?? null, cause: diagnosis?.cause ?? place.cause };
}

async function placeOf({ runId, requestId }: FormReference, context: FixContext): Promise<Place> {
  const request = requestId === null ? null : await requestOf(context, requestId);
  const id = request === null ? runId : request.run;
  const run = id === null ? null : await findRun(context.store, id);
  if (request !== null) {
    const { target, channel, thread: threadId, cause } = request;
    return { target, channel, threadId, runId: run?.id ?? null, report: run?.report ?? null, cause };
  }
  if (run === null) throw new Refusal('I no longer know this run. Type `/hotswap diagnose` for a new one.');
  return { target: run.target, channel: run.channel, threadId: run.threadId, runId: run.id, report: run.report, cause: null };
}

/** The modal of a form, filled in from the offer, or from other parameters where they are given. */
export function formView(
  { place, remediation, offer }: OpenForm,
  reference: FormReference,
  context: FixContext,
  params?: Readonly<Record<string, unknown>>,
) {
  const target = targetOf(place.target, context);
  const form = remediation.form({ target, params: params ?? offer?.params ?? {}, choices: offer?.choices ?? {}, report: place.report });
  const { reasonRequired } = requestRule(remediation, place.target, context);
  return fixFormModal(remediation.title, form, reference, { target: place.target, reasonRequired, dryRun: context.dryRun === true });
}

/** A target by its name. @throws Refusal where it is not configured any more. */
export function targetOf(name: string, { settings }: FixContext): NamedTarget {
  const target = findTarget(settings, name);
  if (target === undefined) throw new Refusal(`The target \`${name}\` is no longer configured.`);
  return target;
}

/** The rule under which a fix is asked for: that of its worst plan, as there is none yet. */
export function requestRule({ id, risk }: Remediation, target: string, { policy }: FixContext, overrides: readonly string[] = []): Rule {
  return ruleFor(policy.current(), { remediation: id, target, risk, overrides });
}
