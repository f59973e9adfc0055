import { findTarget } from '../config/settings.ts';
import type { RemediationOffer } from '../diagnostics/report.ts';
import type { Remediation } from '../remediations/types.ts';
import { type FormReference, fixFormModal } from '../slack/render/fix-form.ts';
import { findRun, type Run } from '../store/runs.ts';
import type { FixContext } from './fix-context.ts';
import { Refusal } from './refusal.ts';

/** What a form is made of and a submission is checked against. */
export interface OpenForm {
  readonly run: Run;
  readonly remediation: Remediation;
  readonly offer: RemediationOffer | null;
  /** The cause that it is for: that of its offer. */
  readonly cause: string | null;
}

/** Finds what a form refers to. @throws Refusal where it is not there any more. */
export async function openForm(reference: FormReference, context: FixContext): Promise<OpenForm> {
  const run = await findRun(context.store, reference.runId);
  const remediation = (await context.definitions()).get(reference.remediation);
  if (run === null) throw new Refusal('I no longer know this run. Type `/hotswap diagnose` for a new one.');
  if (remediation === undefined) throw new Refusal(`\`${reference.remediation}\` cannot be carried out by this version.`);
  const diagnosis = reference.diagnosis === null ? undefined : run.report?.diagnoses[reference.diagnosis];
  const offer = reference.offer === null ? undefined : diagnosis?.remediations[reference.offer];
  if (reference.offer !== null && offer?.id !== remediation.id)
    throw new Refusal('The report has changed since. Press the button in its newest message.');
  return { run, remediation, offer: offer ?? null, cause: diagnosis?.cause ?? null };
}

/** The modal of a form, filled in from the offer, or from other parameters where they are given. */
export function formView(
  { run, remediation, offer }: OpenForm,
  reference: FormReference,
  context: FixContext,
  params?: Readonly<Record<string, unknown>>,
) {
  const target = findTarget(context.settings, run.target);
  if (target === undefined) throw new Refusal(`The target \`${run.target}\` is no longer configured.`);
  const form = remediation.form({ target, params: params ?? offer?.params ?? {}, choices: offer?.choices ?? {}, report: run.report });
  return fixFormModal(remediation.title, form, reference, run.target);
}
