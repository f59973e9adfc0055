import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maxCumulativeText, validateMessageBlocks, validateView } from '../../../sandbox/slack/block-kit/validate.ts';
import { sampleReport } from './sample-report.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const section = (text: string) => ({ type: 'section', text: plain(text) });
const button = (fields: object = {}) => ({ type: 'button', text: plain('Press'), action_id: 'press', ...fields });
const actions = (...elements: object[]) => ({ type: 'actions', elements });
const options = (count: number) => Array.from({ length: count }, (_, index) => ({ text: plain(`o${index}`), value: `v${index}` }));
const errorOf = (blocks: unknown) => {
  const verdict = validateMessageBlocks(blocks);
  return verdict.ok ? undefined : verdict.error;
};

/** At the limit it is taken, one over it is refused. */
const limits: [string, number, (size: number) => unknown[]][] = [
  ['blocks of a message', 50, (size) => Array.from({ length: size }, () => ({ type: 'divider' }))],
  ['section text', 3000, (size) => [section('x'.repeat(size))]],
  ['header text', 150, (size) => [{ type: 'header', text: plain('x'.repeat(size)) }]],
  ['section fields', 10, (size) => [{ type: 'section', fields: Array.from({ length: size }, () => plain('x')) }]],
  ['field text', 2000, (size) => [{ type: 'section', fields: [plain('x'.repeat(size))] }]],
  ['context elements', 10, (size) => [{ type: 'context', elements: Array.from({ length: size }, () => plain('x')) }]],
  ['actions elements', 25, (size) => [actions(...Array.from({ length: size }, (_, index) => button({ action_id: `a${index}` })))]],
  ['button text', 75, (size) => [actions(button({ text: plain('x'.repeat(size)) }))]],
  ['button value', 2000, (size) => [actions(button({ value: 'x'.repeat(size) }))]],
  ['action_id', 255, (size) => [actions(button({ action_id: 'x'.repeat(size) }))]],
  ['block_id', 255, (size) => [{ ...section('x'), block_id: 'x'.repeat(size) }]],
  ['select options', 100, (size) => [actions({ type: 'static_select', action_id: 's', options: options(size) })]],
  ['overflow options', 5, (size) => [actions({ type: 'overflow', action_id: 's', options: options(size) })]],
  ['radio options', 10, (size) => [actions({ type: 'radio_buttons', action_id: 's', options: options(size) })]],
  ['table rows', 100, (size) => [{ type: 'table', rows: Array.from({ length: size }, () => [{ type: 'raw_text', text: 'x' }]) }]],
  ['table columns', 20, (size) => [{ type: 'table', rows: [Array.from({ length: size }, () => ({ type: 'raw_text', text: 'x' }))] }]],
  ['table text', 10_000, (size) => [{ type: 'table', rows: [[{ type: 'raw_text', text: 'x'.repeat(size) }]] }]],
];

describe('blocks of a message', () => {
  it.each(limits)('%s: %i and no more', (_name, limit, build) => {
    expect(errorOf(build(limit))).toBeUndefined();
    expect(errorOf(build(limit + 1))).toBe('invalid_blocks');
  });

  it('takes a report with every block', () => {
    expect(errorOf(sampleReport)).toBeUndefined();
  });

  it('counts the text of all blocks together', () => {
    const full = Array.from({ length: 4 }, () => section('x'.repeat(maxCumulativeText / 4)));
    expect(errorOf(full)).toBeUndefined();
    expect(errorOf([...full, section('x')])).toBe('msg_blocks_too_long');
  });

  it.each([
    ['an empty text', [section('')]],
    ['an unknown block', [{ type: 'carousel_of_dreams' }]],
    ['an unknown field', [{ ...section('x'), colour: 'red' }]],
    ['a section of nothing', [{ type: 'section' }]],
    [
      'a block_id twice',
      [
        { ...section('x'), block_id: 'a' },
        { ...section('y'), block_id: 'a' },
      ],
    ],
    ['an action_id twice in a block', [actions(button(), button())]],
    [
      'an initial option that is no option',
      [actions({ type: 'static_select', options: options(2), initial_option: { text: plain('z'), value: 'z' } })],
    ],
    [
      'plan beside task_card',
      [
        { type: 'plan', title: 'p' },
        { type: 'task_card', task_id: 't', title: 't', status: 'pending' },
      ],
    ],
    ['a status that Slack does not know', [{ type: 'task_card', task_id: 't', title: 't', status: 'completed' }]],
    ['a confirm without a way out', [actions(button({ confirm: { title: plain('t'), text: plain('t'), confirm: plain('y') } }))]],
    ['mrkdwn on a button', [actions(button({ text: { type: 'mrkdwn', text: 'x' } }))]],
    ['a select with two kinds of options', [actions({ type: 'static_select', options: options(1), option_groups: [] })]],
  ])('refuses %s', (_name, blocks) => {
    const verdict = validateMessageBlocks(blocks);
    expect(verdict).toMatchObject({ ok: false, error: 'invalid_blocks' });
    expect(verdict.ok ? [] : verdict.messages).not.toHaveLength(0);
  });

  it('answers anything at all without throwing', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => typeof validateMessageBlocks(value).ok === 'boolean'));
  });

  it('refuses a report from which any required field was taken', () => {
    const required = ['type', 'text', 'elements', 'rows', 'title'];
    fc.assert(
      fc.property(fc.constantFrom(...sampleReport), fc.constantFrom(...required), (block, field) => {
        fc.pre(field in block && !(field === 'text' && 'fields' in block));
        return errorOf([Object.fromEntries(Object.entries(block).filter(([name]) => name !== field))]) === 'invalid_blocks';
      }),
    );
  });
});

describe('views', () => {
  const input = { type: 'input', label: plain('Name'), element: { type: 'plain_text_input', action_id: 'name' } };
  const modal = (fields: object = {}) => ({ type: 'modal', title: plain('Title'), submit: plain('Go'), blocks: [input], ...fields });

  it('takes a modal', () => expect(validateView(modal(), 'modal').ok).toBe(true));

  it.each([
    ['a title of 25', modal({ title: plain('x'.repeat(25)) })],
    ['an input without submit', modal({ submit: undefined })],
    ['metadata over 3,000', modal({ private_metadata: 'x'.repeat(3001) })],
    ['a table, which belongs in messages', modal({ blocks: [{ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] }] })],
    ['101 blocks', modal({ blocks: Array.from({ length: 101 }, () => ({ type: 'divider' })) })],
    ['a home where a modal is wanted', { type: 'home', blocks: [] }],
  ])('refuses %s', (_name, view) => {
    expect(validateView(view, 'modal')).toMatchObject({ ok: false, error: 'invalid_arguments' });
  });
});
