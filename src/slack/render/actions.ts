import type { Button, ConfirmationDialog } from '@slack/types';
import { shorten } from './text.ts';

/** action_ids of the buttons of a diagnosis. A number may follow after a colon where one block holds several of a kind. */
export const ACTION = {
  own: 'thread:own',
  again: 'run:again',
  evidence: 'run:evidence',
  propose: 'fix:propose',
  otherFixes: 'fix:other',
} as const;

/** Matches an action_id with or without its number. */
export function actionPattern(id: string): RegExp {
  return new RegExp(`^${id}(:\\d+)?$`);
}

interface ButtonOptions {
  readonly id: string;
  readonly value: string;
  readonly style?: 'primary' | 'danger';
  /** What a screen reader says, where the words on the button need their context. */
  readonly label?: string;
  readonly confirm?: ConfirmationDialog;
}

/** A button whose words name the act. Its value carries ids alone: what they stand for is read from the store when it is pressed. */
export function button(text: string, { id, value, style, label, confirm }: ButtonOptions): Button {
  return {
    type: 'button',
    action_id: id,
    text: { type: 'plain_text', text: shorten(text, 75), emoji: false },
    value,
    ...(style === undefined ? {} : { style }),
    ...(label === undefined ? {} : { accessibility_label: shorten(label, 75) }),
    ...(confirm === undefined ? {} : { confirm }),
  };
}

/** One offered remediation: the run, its diagnosis and the offer, by position in the stored report. */
export interface OfferReference {
  readonly runId: string;
  readonly diagnosis: number;
  readonly offer: number;
}

export function offerValue({ runId, diagnosis, offer }: OfferReference): string {
  return `${runId}/${diagnosis}/${offer}`;
}

/** Reads the value of a `fix:propose` button; null where it was not made by `offerValue`. */
export function parseOfferValue(value: string): OfferReference | null {
  const match = /^([0-9a-f-]{36})\/(\d{1,3})\/(\d{1,3})$/.exec(value);
  return match === null ? null : { runId: match[1] ?? '', diagnosis: Number(match[2]), offer: Number(match[3]) };
}

/** What an evidence button opens: one diagnosis, or everything that was looked at. */
export interface EvidenceReference {
  readonly runId: string;
  readonly diagnosis: number | 'all';
}

export function evidenceValue({ runId, diagnosis }: EvidenceReference): string {
  return `${runId}/${diagnosis}`;
}

/** Reads the value of an evidence button; null where it was not made by `evidenceValue`. */
export function parseEvidenceValue(value: string): EvidenceReference | null {
  const match = /^([0-9a-f-]{36})\/(\d{1,3}|all)$/.exec(value);
  return match === null ? null : { runId: match[1] ?? '', diagnosis: match[2] === 'all' ? 'all' : Number(match[2]) };
}
