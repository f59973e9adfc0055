import type { InputBlock, ModalView } from '@slack/types';
import type { BundleRecord } from '../../store/bundles.ts';
import { context, section } from './blocks.ts';
import { BUNDLE } from './bundle-actions.ts';
import { formModal } from './form.ts';
import { escapeShort } from './text.ts';

/** Where a bundle is asked for; travels with the form. Ids alone. */
export interface BundleReference {
  readonly target: string;
  readonly channel: string;
  /** The thread that it joins; null: one of its own. */
  readonly threadId: string | null;
}

export interface BundleForm {
  readonly reference: BundleReference;
  /** What the bot knows already. */
  readonly told: BundleRecord['told'];
  readonly sinceSeconds: number;
}

const LONGEST_ANSWER = 2_000;
const SPANS: readonly (readonly [number, string])[] = [
  [900, '15 minutes'],
  [3_600, '1 hour'],
  [21_600, '6 hours'],
  [86_400, '24 hours'],
];

/** Asks for what only a person knows, filled in with what the bot does. */
export function bundleFormModal({ reference, told, sinceSeconds }: BundleForm): ModalView {
  const { target, channel, threadId } = reference;
  const where = threadId === null ? `a thread of its own in <#${channel}>` : 'the thread';
  return formModal({
    callback: BUNDLE.form,
    title: 'Support bundle',
    submit: 'Collect',
    metadata: JSON.stringify(reference),
    blocks: [
      section(
        `Logs, objects, metrics, the database’s facts and the diagnosis of *${escapeShort(target, 80)}*, as one archive, into ${where}. Secrets are taken out. Everything below is optional; say what I cannot know.`,
      ),
      question('symptom', 'What is wrong?', 'What people see, in your words.', told.symptom, true),
      question('since', 'Since when?', 'When it was first noticed, and by whom.', told.since, false),
      question('changes', 'What has changed lately?', 'Releases, settings, load, maintenance: here or next door.', told.changes, true),
      span(sinceSeconds),
      context('Nothing is changed in any system. You can cancel it in the thread.'),
    ],
  });
}

function question(name: keyof BundleRecord['told'], label: string, hint: string, initial: string, multiline: boolean): InputBlock {
  return {
    type: 'input',
    block_id: name,
    optional: true,
    label: { type: 'plain_text', text: label },
    hint: { type: 'plain_text', text: hint },
    element: {
      type: 'plain_text_input',
      action_id: 'value',
      multiline,
      max_length: LONGEST_ANSWER,
      ...(initial === '' ? {} : { initial_value: initial.slice(0, LONGEST_ANSWER) }),
    },
  };
}

function span(seconds: number): InputBlock {
  const spans = SPANS.some(([known]) => known === seconds) ? SPANS : [...SPANS, [seconds, spanWords(seconds)] as const];
  const options = [...spans]
    .sort(([a], [b]) => a - b)
    .map(([value, text]) => ({ text: { type: 'plain_text' as const, text }, value: String(value) }));
  const initial = options.find(({ value }) => value === String(seconds));
  return {
    type: 'input',
    block_id: 'span',
    label: { type: 'plain_text', text: 'How far back?' },
    hint: { type: 'plain_text', text: 'Logs and rates; a longer time makes a larger archive.' },
    element: { type: 'static_select', action_id: 'value', options, ...(initial === undefined ? {} : { initial_option: initial }) },
  };
}

function spanWords(seconds: number): string {
  if (seconds % 3_600 === 0) return `${seconds / 3_600} hours`;
  return seconds % 60 === 0 ? `${seconds / 60} minutes` : `${seconds} seconds`;
}
