import type { ModalView } from '@slack/types';
import type { RequestRecord } from '../../remediations/approvals/record.ts';
import { context, list, section } from './blocks.ts';
import { reasonInput } from './fix-form.ts';
import { formModal } from './form.ts';
import { decisionValue, FIX } from './request-actions.ts';
import { escapeShort } from './text.ts';

/** Why somebody rejects a plan; whoever asked for it may withdraw it without saying why. */
export function rejectionModal({ id, fingerprint, plan, title }: RequestRecord, withdrawal: boolean): ModalView {
  return formModal({
    callback: FIX.rejection,
    title: withdrawal ? 'Withdraw the fix' : 'Reject the fix',
    submit: withdrawal ? 'Withdraw' : 'Reject',
    metadata: decisionValue(id, fingerprint ?? ''),
    blocks: [
      section(escapeShort(plan?.summary ?? title, 1_000)),
      reasonInput('Shown in the thread and kept in the audit trail. Say what should happen instead.', withdrawal),
    ],
  });
}

/** Names each guard that could not look, before somebody asks for a plan without them. */
export function overrideModal({ id, title, target, refusal }: RequestRecord): ModalView {
  return formModal({
    callback: FIX.overriding,
    title: 'Without these checks',
    submit: 'Ask without them',
    metadata: id,
    blocks: [
      section(`*${escapeShort(title, 150)}* on target *${escapeShort(target, 80)}*`),
      ...list(
        '*Nobody knows what these would have said:*',
        (refusal?.overridable ?? []).map((guard) => `*${escapeShort(guard.title, 200)}*: ${escapeShort(guard.message, 500)}`),
      ),
      section(
        'The plan is then made as if they had found nothing in the way. It counts as R3, and the approvers see what was not checked.',
      ),
      reasonInput('Why it cannot wait until they can look. Shown to the approvers and kept in the audit trail.', false),
      context('Nothing is changed yet: others have to approve the plan.'),
    ],
  });
}
