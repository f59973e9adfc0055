import type { InputBlock, KnownBlock, ModalView, PlainTextOption } from '@slack/types';
import type { Field, Form, Option } from '../../remediations/form.ts';
import { button } from './actions.ts';
import { context, section } from './blocks.ts';
import { FIX } from './request-actions.ts';
import { escapeShort, shorten } from './text.ts';

/** What a form is for; travels with the modal. Ids alone. */
export interface FormReference {
  readonly remediation: string;
  /** The run that it answers; null where it answers a request alone. */
  readonly runId: string | null;
  /** The request that led to it, in whose thread the new one goes; null where it comes from a run. */
  readonly requestId: string | null;
  /** Positions in the run's report where the form comes from an offer. */
  readonly diagnosis: number | null;
  readonly offer: number | null;
}

const REASON = 'reason';

interface Asking {
  readonly target: string;
  readonly reasonRequired: boolean;
  /** Nothing is ever carried out. */
  readonly dryRun: boolean;
}

/** The parameters of one remediation, and the reason, which the policy may demand. */
export function fixFormModal(title: string, form: Form, reference: FormReference, { target, reasonRequired, dryRun }: Asking): ModalView {
  const about = [section(`*${escapeShort(title, 150)}* on target *${escapeShort(target, 80)}*\n${escapeShort(form.about, 1_000)}`)];
  if (form.closed !== null) return modal([...about, section(escapeShort(form.closed, 1_000))], reference);
  return {
    ...modal(
      [
        ...about,
        ...form.fields.map(input),
        reasonInput('Shown to the approvers and kept in the audit trail.', !reasonRequired),
        context(
          dryRun
            ? '*Dry run:* a plan is made and shown in the thread, where others approve it, and it is never carried out.'
            : 'Nothing is changed yet: a plan is made first and shown in the thread, where others approve it.',
        ),
      ],
      reference,
    ),
    submit: { type: 'plain_text', text: 'Make a plan' },
  };
}

function modal(blocks: KnownBlock[], reference: FormReference): ModalView {
  return {
    type: 'modal',
    callback_id: FIX.form,
    private_metadata: JSON.stringify(reference),
    title: { type: 'plain_text', text: 'Ask for a fix' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks,
  };
}

function input(field: Field): InputBlock {
  const base = {
    type: 'input' as const,
    block_id: field.name,
    label: { type: 'plain_text' as const, text: shorten(field.label, 200) },
    hint: { type: 'plain_text' as const, text: shorten(field.hint, 500) },
  };
  if (field.kind === 'integer')
    return {
      ...base,
      element: {
        type: 'number_input',
        action_id: 'value',
        is_decimal_allowed: false,
        min_value: String(field.minimum),
        max_value: String(field.maximum),
        ...(field.initial === null ? {} : { initial_value: String(Math.min(Math.max(field.initial, field.minimum), field.maximum)) }),
      },
    };
  if (field.kind === 'text')
    return {
      ...base,
      optional: field.optional,
      element: {
        type: 'plain_text_input',
        action_id: 'value',
        max_length: field.maximum,
        ...(field.initial === null ? {} : { initial_value: field.initial.slice(0, field.maximum) }),
      },
    };
  const options = field.options.slice(0, 100).map(option);
  if (field.kind === 'choice') {
    const initial = field.options.find(({ value }) => value === field.initial);
    return {
      ...base,
      element: {
        type: 'static_select',
        action_id: 'value',
        options,
        ...(initial === undefined ? {} : { initial_option: option(initial) }),
      },
    };
  }
  const initial = field.options.filter(({ value }) => field.initial.includes(value)).map(option);
  return {
    ...base,
    element: {
      type: 'multi_static_select',
      action_id: 'value',
      options,
      max_selected_items: field.maximum,
      ...(initial.length === 0 ? {} : { initial_options: initial }),
    },
  };
}

function option({ value, label }: Option): PlainTextOption {
  return { text: { type: 'plain_text', text: shorten(label, 75) }, value };
}

/** Why somebody asks or decides. */
export function reasonInput(hint: string, optional: boolean): InputBlock {
  return {
    type: 'input',
    block_id: REASON,
    optional,
    label: { type: 'plain_text', text: 'Reason' },
    hint: { type: 'plain_text', text: hint },
    element: { type: 'plain_text_input', action_id: 'value', max_length: 300 },
  };
}

/** A list of remediations to choose from. */
export function chooseFixModal(
  remediations: readonly { readonly id: string; readonly title: string; readonly risk: string }[],
  runId: string,
): ModalView {
  return {
    type: 'modal',
    callback_id: FIX.choose,
    title: { type: 'plain_text', text: 'Other fixes' },
    close: { type: 'plain_text', text: 'Cancel' },
    blocks: remediations.map(({ id, title, risk }, index) => ({
      ...section(`*${escapeShort(title, 150)}*\n\`${id}\` · risk up to ${risk}`),
      accessory: button('Choose', { id: `${FIX.choose}:${index}`, value: `${runId}/${id}`, label: `Choose: ${title}` }),
    })),
  };
}
