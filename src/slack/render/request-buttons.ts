import type { ActionsBlock, Button } from '@slack/types';
import type { RequestRecord, State } from '../../remediations/approvals/record.ts';
import { button } from './actions.ts';
import { decisionValue, FIX } from './request-actions.ts';
import { shorten } from './text.ts';
import { remedyName } from './wording.ts';

const UNDOABLE: readonly State[] = ['fixed', 'not-fixed', 'unverified', 'failed'];

/** What may be pressed below a request as it stands; nothing where there is nothing to press. */
export function requestButtons(record: RequestRecord): ActionsBlock[] {
  const elements = buttons(record);
  return elements.length === 0 ? [] : [{ type: 'actions', block_id: `fix-${record.state}-${record.decisions.length}`, elements }];
}

function buttons(record: RequestRecord): Button[] {
  const { id, state, plan, fingerprint, refusal } = record;
  if (state === 'awaiting-approval' && plan !== null && fingerprint !== null) {
    const value = decisionValue(id, fingerprint);
    return [
      button('Approve', {
        id: FIX.approve,
        value,
        style: 'primary',
        label: `Approve: ${plan.summary}`,
        confirm: confirmation('Approve', [plan.summary, ...plan.warnings].join('\n')),
      }),
      button('Reject', { id: FIX.reject, value, label: `Reject: ${plan.summary}` }),
      ...(record.rule?.breakGlass == null ? [] : [button('Break glass…', { id: FIX.breakGlass, value, style: 'danger' })]),
    ];
  }
  if (state === 'approved' && fingerprint !== null) return [button('Reject', { id: FIX.reject, value: decisionValue(id, fingerprint) })];
  if (state === 'executing' && plan !== null && plan.stop.kind !== 'none' && record.stop === null)
    return [button('Stop', { id: FIX.stop, value: id, style: 'danger', confirm: confirmation('Stop', plan.stop.text) })];
  if (refusal !== null) return refusalButtons(record, refusal);
  return [...nextButtons(record), ...undoButtons(record)];
}

function nextButtons({ id, next }: RequestRecord): Button[] {
  if (next === undefined) return [];
  return [button(remedyName(next.remediation), { id: FIX.next, value: id, label: `Next: ${next.title}` })];
}

function undoButtons(record: RequestRecord): Button[] {
  const { id, state, plan } = record;
  const done = record.execution?.results.some(({ facts }) => Object.keys(facts).length > 0) === true;
  // Stop and a freeze leave what has begun as it is, unless Stop takes it back.
  const stands = state === 'stopped' && (record.stop?.freeze === true || plan?.stop.kind === 'hold');
  const left = UNDOABLE.includes(state) || stands;
  if (left && plan?.undo.kind === 'steps' && done && record.undone === null && record.undoes === null)
    return [button('Undo…', { id: FIX.undo, value: id, label: `Undo: ${plan.summary}` })];
  return [];
}

function refusalButtons({ id, remediation }: RequestRecord, { instead, overridable }: NonNullable<RequestRecord['refusal']>): Button[] {
  const again = instead?.remediation === remediation; // the same, with another choice
  return [
    ...(instead === null ? [] : [button(again ? 'Ask anyway…' : remedyName(instead.remediation), { id: FIX.instead, value: id })]),
    ...(overridable.length === 0
      ? []
      : [button('Ask without these checks…', { id: FIX.override, value: id, label: 'Ask for it without the checks that could not look' })]),
  ];
}

function confirmation(act: string, text: string): NonNullable<Button['confirm']> {
  return {
    title: { type: 'plain_text', text: `${act}?` },
    text: { type: 'plain_text', text: shorten(text, 300) },
    confirm: { type: 'plain_text', text: act },
    deny: { type: 'plain_text', text: 'Not now' },
  };
}
