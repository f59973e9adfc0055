import { z } from 'zod';
import { elementsOf, optionsOf } from '../block-kit/validate.ts';
import type { Block } from '../state.ts';

/** What a person typed or chose, by action_id or block_id: a text, an option's value, several values. */
export type Typed = Record<string, string | string[]>;
export type StateValues = Record<string, Record<string, Record<string, unknown>>>;

const initials = z.looseObject({
  initial_value: z.string().optional(),
  initial_date: z.string().optional(),
  initial_user: z.string().optional(),
  initial_option: z.looseObject({ value: z.string() }).optional(),
  initial_options: z.array(z.looseObject({ value: z.string() })).optional(),
});

function initialOf(element: Block): string | string[] {
  const known = initials.parse(element);
  if (known.initial_options) return known.initial_options.map((option) => option.value);
  return known.initial_value ?? known.initial_date ?? known.initial_user ?? known.initial_option?.value ?? '';
}

/** The id under which an element reports; Slack makes one where the app gave none. */
export function actionIdOf(element: Block): string {
  return typeof element.action_id === 'string' ? element.action_id : element.type;
}

function typedOf(block: Block, element: Block, typed: Typed): string | string[] {
  const scoped = typed[`${block.block_id}/${actionIdOf(element)}`];
  return scoped ?? typed[actionIdOf(element)] ?? typed[block.block_id ?? ''] ?? initialOf(element);
}

/** The value of an element in the shape of `state.values`; undefined for elements without state, such as buttons. */
export function elementValue(element: Block, given: string | string[]): Record<string, unknown> | undefined {
  const one = Array.isArray(given) ? (given[0] ?? '') : given;
  const many = Array.isArray(given) ? given : given === '' ? [] : [given];
  const options = optionsOf(element);
  const { type } = element;
  if (type === 'plain_text_input' || type === 'number_input') return { type, value: one === '' ? null : one };
  if (type === 'static_select' || type === 'radio_buttons') {
    return { type, selected_option: options.find((option) => option.value === one) ?? null };
  }
  if (type === 'multi_static_select' || type === 'checkboxes') {
    return { type, selected_options: options.filter((option) => many.includes(option.value)) };
  }
  if (type === 'users_select') return { type, selected_user: one === '' ? null : one };
  if (type === 'datepicker') return { type, selected_date: one === '' ? null : one };
  return undefined;
}

/** All inputs of a surface as Slack sends them. */
export function stateValues(blocks: readonly Block[], typed: Typed): StateValues {
  const values: StateValues = {};
  for (const block of blocks) {
    for (const element of elementsOf(block)) {
      const value = elementValue(element, typedOf(block, element, typed));
      if (!value || block.block_id === undefined) continue;
      values[block.block_id] = { ...values[block.block_id], [actionIdOf(element)]: value };
    }
  }
  return values;
}

/** What Slack's own client refuses before the app hears of it, by block_id. */
export function inputErrors(blocks: readonly Block[], typed: Typed): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const block of blocks) {
    if (block.type !== 'input' || block.block_id === undefined) continue;
    for (const element of elementsOf(block)) {
      const given = typedOf(block, element, typed);
      const problem = problemOf(block, element, given);
      if (problem !== undefined) errors[block.block_id] = problem;
    }
  }
  return errors;
}

function problemOf(block: Block, element: Block, given: string | string[]): string | undefined {
  if (given.length === 0) return block.optional === true ? undefined : 'Please complete this required field.';
  if (typeof given !== 'string') return undefined;
  if (element.type === 'number_input') return numberProblem(element, given);
  if (element.type !== 'plain_text_input') return undefined;
  if (given.length < Number(element.min_length ?? 0)) return `Must be at least ${element.min_length} characters.`;
  if (given.length > Number(element.max_length ?? 3000)) return `Must be at most ${element.max_length ?? 3000} characters.`;
  return undefined;
}

function numberProblem(element: Block, given: string): string | undefined {
  const number = Number(given);
  if (Number.isNaN(number)) return 'Please enter a number.';
  if (element.is_decimal_allowed !== true && !Number.isInteger(number)) return 'Please enter a whole number.';
  if (element.min_value !== undefined && number < Number(element.min_value)) return `Must be ${element.min_value} or more.`;
  if (element.max_value !== undefined && number > Number(element.max_value)) return `Must be ${element.max_value} or less.`;
  return undefined;
}
