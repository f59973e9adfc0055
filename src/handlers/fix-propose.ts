import type { App } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import { ACTION, actionPattern, parseOfferValue } from '../slack/render/actions.ts';
import { loadingModal, noticeModal } from '../slack/render/evidence.ts';
import { chooseFixModal, type FormReference } from '../slack/render/fix-form.ts';
import { FIX } from '../slack/render/request-actions.ts';
import { findRun } from '../store/runs.ts';
import { type FixContext, requestOf } from './fix-context.ts';
import { formView, openForm } from './fix-form.ts';
import { mustBeSomebody, mustMayAsk } from './fix-standing.ts';
import { onPress, type Press } from './listen.ts';
import { explain, Refusal } from './refusal.ts';

const TITLE = 'Ask for a fix';

/** The buttons that lead to the form of a fix: an offer of a report, another fix, and what a refusal proposes instead. */
export function registerProposals(app: App, context: FixContext): void {
  onPress(app, actionPattern(ACTION.propose), context, async (press) => {
    const reference = parseOfferValue(press.value);
    if (reference === null) throw new Refusal('This button is too old. Run the diagnosis again.');
    await show(press, context, async () => {
      const run = await findRun(context.store, reference.runId);
      const remediation = run?.report?.diagnoses[reference.diagnosis]?.remediations[reference.offer]?.id;
      if (remediation === undefined) throw new Refusal('The report has changed since. Press the button in its newest message.');
      return form({ ...reference, remediation }, press, context);
    });
  });
  onPress(app, actionPattern(ACTION.otherFixes), context, async (press) => {
    await show(press, context, async () => {
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
    const view = await viewOrNotice(() => form({ runId, remediation, diagnosis: null, offer: null }, press, context), context);
    await press.client.views.update({ view_id: viewId, view });
  });
  onPress(app, actionPattern(FIX.instead), context, async (press) => {
    await show(press, context, async () => {
      const record = await requestOf(context, press.value);
      const instead = record.refusal?.instead;
      if (instead === undefined || instead === null || record.run === null) throw new Refusal('There is nothing proposed instead.');
      const reference = { runId: record.run, remediation: instead.remediation, diagnosis: null, offer: null };
      return form(reference, press, context, instead.params);
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
  await mustMayAsk({ ...open.run, remediation: open.remediation }, press.user, context);
  return formView(open, reference, context, params);
}

/** A trigger lives 3 s, so a modal opens first and is filled then. */
async function show(press: Press, context: FixContext, make: () => Promise<ModalView>): Promise<void> {
  const { view } = await press.client.views.open({ trigger_id: press.triggerId, view: loadingModal(TITLE) });
  if (view?.id === undefined) throw new Refusal('Slack opened no window. Press the button again.');
  await press.client.views.update({ view_id: view.id, view: await viewOrNotice(make, context) });
}

async function viewOrNotice(make: () => Promise<ModalView>, context: FixContext): Promise<ModalView> {
  try {
    return await make();
  } catch (error) {
    const { text, id } = explain(error, context.newId);
    if (id !== null) context.log.error({ err: error, id }, 'the form of a fix could not be shown');
    return noticeModal(TITLE, text);
  }
}
