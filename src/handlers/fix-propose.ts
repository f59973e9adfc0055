import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { ACTION, actionPattern, parseOfferValue } from '../slack/render/actions.ts';
import { chooseFixModal, type FormReference } from '../slack/render/fix-form.ts';
import { FIX } from '../slack/render/request-actions.ts';
import { findRun } from '../store/runs.ts';
import { type FixContext, requestOf } from './fix-context.ts';
import { formView, openForm } from './fix-form.ts';
import { mustBeSomebody, mustMayAsk } from './fix-standing.ts';
import { onPress, type Press } from './listen.ts';
import { openModal, viewOrNotice } from './modal.ts';
import { Refusal } from './refusal.ts';

const TITLE = 'Ask for a fix';
const NO_OFFER = { runId: null, requestId: null, diagnosis: null, offer: null } as const;

/** The buttons that lead to the form of a fix: an offer of a report, another fix, what a refusal proposes instead, and what to try next. */
export function registerProposals(app: App, context: FixContext): void {
  onPress(app, actionPattern(ACTION.propose), context, async (press) => {
    const reference = parseOfferValue(press.value);
    if (reference === null) throw new Refusal('This button is too old. Run the diagnosis again.');
    await openModal(TITLE, press, context, async () => {
      const run = await findRun(context.store, reference.runId);
      const remediation = run?.report?.diagnoses[reference.diagnosis]?.remediations[reference.offer]?.id;
      if (remediation === undefined) throw new Refusal('The report has changed since. Press the button in its newest message.');
      return form({ ...reference, requestId: null, remediation }, press, context);
    });
  });
  onPress(app, actionPattern(ACTION.otherFixes), context, async (press) => {
    await openModal(TITLE, press, context, async () => {
      const run = await findRun(context.store, press.value);
      if (run === null) throw new Refusal('I no longer know this run. Type `/hotswap diagnose` for a new one.');
      await mustBeSomebody(context, press.user, run.channel);
      return chooseFixModal([...(await context.definitions()).values()], run.id);
    });
  });
  onPress(app, actionPattern(FIX.choose), context, async (press) => {
    const [runId = '', remediation = ''] = press.value.split('/');
    const viewId = press.body.view?.id;
    if (viewId === undefined) return;
    const view = await viewOrNotice(TITLE, () => form({ ...NO_OFFER, runId, remediation }, press, context), context);
    await press.client.views.update({ view_id: viewId, view });
  });
  onPress(app, actionPattern(FIX.next), context, async (press) => {
    await openModal(TITLE, press, context, async () => {
      const { id: requestId, next } = await requestOf(context, press.value);
      if (next === undefined) throw new Refusal('There is nothing proposed next.');
      return form({ ...NO_OFFER, requestId, remediation: next.remediation }, press, context, next.params);
    });
  });
  onPress(app, actionPattern(FIX.instead), context, async (press) => {
    await openModal(TITLE, press, context, async () => {
      const record = await requestOf(context, press.value);
      const instead = record.refusal?.instead;
      if (instead === undefined || instead === null) throw new Refusal('There is nothing proposed instead.');
      return form({ ...NO_OFFER, requestId: record.id, remediation: instead.remediation }, press, context, instead.params);
    });
  });
}

async function form(
  reference: FormReference,
  press: Press,
  context: FixContext,
  params?: Readonly<Record<string, unknown>>,
): Promise<ModalView> {
  const open = await openForm(reference, context);
  await mustMayAsk({ ...open.place, remediation: open.remediation }, press.user, context);
  return formView(open, reference, context, params);
}
