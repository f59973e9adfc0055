import type { ModalView } from '@slack/types';
import { ACTION, actionPattern, parseEvidenceValue } from '../slack/render/actions.ts';
import { everythingModal, evidenceModal, loadingModal, noticeModal } from '../slack/render/evidence.ts';
import { findRun } from '../store/runs.ts';
import { onPress } from './listen.ts';
import { explain, Refusal } from './refusal.ts';
import type { HandlerContext, RegisterHandler } from './types.ts';

const TITLE = 'Evidence';

/** "Evidence": what was asked, ready to paste. A trigger lives 3 s, so a modal opens first and is filled then. */
export const registerEvidence: RegisterHandler = (app, context) => {
  onPress(app, actionPattern(ACTION.evidence), context, async ({ value, triggerId, client }) => {
    const { view } = await client.views.open({ trigger_id: triggerId, view: loadingModal(TITLE) });
    if (view?.id === undefined) throw new Refusal('Slack opened no window. Press the button again.');
    await client.views.update({ view_id: view.id, view: await evidenceFor(value, context) });
  });
};

async function evidenceFor(value: string, context: HandlerContext): Promise<ModalView> {
  try {
    const reference = parseEvidenceValue(value);
    const run = reference === null ? null : await findRun(context.store, reference.runId);
    if (reference === null || run === null || run.report === null) return noticeModal(TITLE, 'I no longer have the report of this run.');
    if (reference.diagnosis === 'all') return everythingModal(run.report);
    return (
      evidenceModal(run.report, reference.diagnosis) ?? noticeModal(TITLE, 'The report has changed since. Open it from the newest message.')
    );
  } catch (error) {
    const { text, id } = explain(error, context.newId);
    context.log.error({ err: error, id }, 'evidence could not be shown');
    return noticeModal(TITLE, text);
  }
}
