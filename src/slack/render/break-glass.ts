import type { ContextBlock, ModalView, SectionBlock } from '@slack/types';
import { mention } from '../../remediations/approvals/mention.ts';
import type { RequestRecord } from '../../remediations/approvals/record.ts';
import { context, section } from './blocks.ts';
import { formModal } from './form.ts';
import { decisionValue, FIX } from './request-actions.ts';
import { escapeShort, slackTime } from './text.ts';

/** Asks the one person on call why it cannot wait. */
export function breakGlassModal({ id, fingerprint, plan, title, rule }: RequestRecord): ModalView {
  return formModal({
    callback: FIX.breakingGlass,
    title: 'Break glass',
    submit: 'Approve alone',
    metadata: decisionValue(id, fingerprint ?? ''),
    blocks: [
      section(escapeShort(plan?.summary ?? title, 1_000)),
      section(`You approve what you asked for yourself. It runs at once, and ${mention(rule?.breakGlass?.page ?? [])} will be paged.`),
      {
        type: 'input',
        block_id: 'reason',
        label: { type: 'plain_text', text: 'Why it cannot wait for a second person' },
        hint: { type: 'plain_text', text: 'Shown in the thread and kept in the audit trail.' },
        element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: 500 },
      },
    ],
  });
}

/** Says in the message that nobody else approved it, for good. */
export function breakGlassBlocks({ decisions }: RequestRecord): (SectionBlock | ContextBlock)[] {
  return decisions
    .filter(({ breakGlass }) => breakGlass)
    .flatMap(({ by, at, reason }) => [
      section(`:rotating_light: *Break-glass*  <@${by}> approved this alone, ${slackTime(new Date(at))}: ${escapeShort(reason, 500)}`),
      context('A second person is called: see below in this thread.'),
    ]);
}
