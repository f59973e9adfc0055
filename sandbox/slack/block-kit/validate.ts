import { z } from 'zod';
import type { Block } from '../state.ts';
import { homeView, messageBlock, modalView } from './blocks.ts';

/**
 * What Slack would say to these blocks. Pure; the limits are those of @slack/types 3.2.0 and docs.slack.dev, and two that people measured:
 * the cumulative text of a message (bolt-js issues 2509 and 2867) and the characters of all tables of a message.
 */

/** Sums over 11,300 characters were seen to be refused with msg_blocks_too_long; nobody saw a smaller one refused. */
export const maxCumulativeText = 11_300;
const maxTableText = 10_000;
const maxMarkdownText = 12_000;
const maxMessageBlocks = 50;

export type Verdict<T> = { ok: true; value: T } | { ok: false; error: string; messages: string[] };
export type ValidView = Record<string, unknown> & { type: 'modal' | 'home'; blocks: Block[] };

const anything = z.looseObject({});
const looseBlock = z.looseObject({ type: z.string(), block_id: z.string().optional() });

/** Checks the blocks of a message. Errors: invalid_blocks, msg_blocks_too_long. */
export function validateMessageBlocks(input: unknown): Verdict<Block[]> {
  const parsed = z.array(messageBlock).max(maxMessageBlocks).safeParse(input);
  if (!parsed.success) return refuse('invalid_blocks', zodMessages(parsed.error, '/blocks'));
  const blocks = z.array(looseBlock).parse(parsed.data);
  const messages = rules(blocks, '/blocks');
  if (sumOf(blocks, 'table') > maxTableText)
    messages.push(`[ERROR] tables hold more than ${maxTableText} characters [json-pointer:/blocks]`);
  if (sumOf(blocks, 'markdown') > maxMarkdownText) messages.push('[ERROR] markdown text is too long [json-pointer:/blocks]');
  const kinds = new Set(blocks.map((block) => block.type));
  if (kinds.has('plan') && kinds.has('task_card')) messages.push('[ERROR] plan and task_card cannot be mixed [json-pointer:/blocks]');
  if (messages.length > 0) return refuse('invalid_blocks', messages);
  if (cumulativeText(blocks) > maxCumulativeText) return refuse('msg_blocks_too_long', ['[ERROR] blocks hold too much text']);
  return { ok: true, value: blocks };
}

/** Checks a modal or an App Home. Error: invalid_arguments. */
export function validateView(input: unknown, kind: 'modal' | 'home'): Verdict<ValidView> {
  const parsed = (kind === 'modal' ? modalView : homeView).safeParse(input);
  if (!parsed.success) return refuse('invalid_arguments', zodMessages(parsed.error, '/view'));
  const blocks = z.array(looseBlock).parse(parsed.data.blocks);
  const messages = rules(blocks, '/view/blocks');
  if (parsed.data.type === 'modal' && !parsed.data.submit && blocks.some((block) => block.type === 'input')) {
    messages.push('[ERROR] missing required field: submit [json-pointer:/view]');
  }
  if (messages.length > 0) return refuse('invalid_arguments', messages);
  return { ok: true, value: { ...parsed.data, type: parsed.data.type, blocks } };
}

/** All characters that a person would read: every `text` and `title` string at any depth. */
function cumulativeText(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + cumulativeText(item), 0);
  const parsed = anything.safeParse(value);
  if (!parsed.success) return 0;
  return Object.entries(parsed.data).reduce(
    (sum, [key, item]) => sum + (typeof item === 'string' ? (key === 'text' || key === 'title' ? item.length : 0) : cumulativeText(item)),
    0,
  );
}

function sumOf(blocks: Block[], type: string): number {
  return cumulativeText(blocks.filter((block) => block.type === type));
}

function refuse(error: string, messages: string[]): { ok: false; error: string; messages: string[] } {
  return { ok: false, error, messages };
}

/** Rules between fields, which a schema of one object cannot say. */
function rules(blocks: Block[], at: string): string[] {
  const messages: string[] = [];
  const ids = blocks.flatMap((block) => (block.block_id === undefined ? [] : [block.block_id]));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) messages.push(`[ERROR] block_id "${twice}" already exists [json-pointer:${at}]`);
  blocks.forEach((block, index) => {
    messages.push(...blockRules(block, `${at}/${index}`));
  });
  return messages;
}

function blockRules(block: Block, at: string): string[] {
  const messages: string[] = [];
  if (block.type === 'section' && block.text === undefined && block.fields === undefined) {
    messages.push(`[ERROR] missing required field: text or fields [json-pointer:${at}]`);
  }
  const elements = elementsOf(block);
  const ids = elements.flatMap((element) => (typeof element.action_id === 'string' ? [element.action_id] : []));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) messages.push(`[ERROR] action_id "${twice}" already exists in block [json-pointer:${at}]`);
  for (const element of elements) messages.push(...elementRules(element, at));
  return messages;
}

const optionSchema = z.looseObject({ value: z.string() });
const choiceSchema = z.looseObject({
  type: z.string(),
  options: z.array(optionSchema).optional(),
  option_groups: z.array(z.looseObject({ options: z.array(optionSchema) })).optional(),
  initial_option: optionSchema.optional(),
  initial_options: z.array(optionSchema).optional(),
});

function elementRules(element: Block, at: string): string[] {
  const messages: string[] = [];
  if (element.type === 'plain_text_input' && Number(element.min_length ?? 0) > Number(element.max_length ?? 3000)) {
    messages.push(`[ERROR] min_length is greater than max_length [json-pointer:${at}/element]`);
  }
  if (element.type.endsWith('static_select') && (element.options === undefined) === (element.option_groups === undefined)) {
    messages.push(`[ERROR] exactly one of options and option_groups is required [json-pointer:${at}]`);
  }
  const choice = choiceSchema.safeParse(element);
  if (!choice.success) return messages;
  const options = optionsOf(element);
  const initial = [...(choice.data.initial_options ?? []), ...(choice.data.initial_option ? [choice.data.initial_option] : [])];
  const known = new Set(options.map((option) => JSON.stringify(option)));
  if (initial.some((option) => !known.has(JSON.stringify(option)))) {
    messages.push(`[ERROR] initial option must match one of the options [json-pointer:${at}]`);
  }
  const values = options.map((option) => option.value);
  if (new Set(values).size !== values.length) messages.push(`[ERROR] option values must be unique [json-pointer:${at}]`);
  return messages;
}

/** The options of a select, overflow, radio or checkbox element, groups flattened. */
export function optionsOf(element: unknown): z.infer<typeof optionSchema>[] {
  const parsed = choiceSchema.safeParse(element);
  if (!parsed.success) return [];
  return parsed.data.options ?? (parsed.data.option_groups ?? []).flatMap((group) => group.options);
}

const containers = z.looseObject({
  elements: z.array(z.unknown()).optional(),
  accessory: looseBlock.optional(),
  element: looseBlock.optional(),
});

/** The interactive elements of a block, wherever the block keeps them. */
export function elementsOf(block: Block): Block[] {
  const parsed = containers.safeParse(block);
  if (!parsed.success || block.type === 'rich_text') return [];
  const { elements = [], accessory, element } = parsed.data;
  const listed = block.type === 'actions' ? elements.flatMap((item) => looseBlock.safeParse(item).data ?? []) : [];
  return [...listed, ...(accessory ? [accessory] : []), ...(element ? [element] : [])];
}

function zodMessages(error: z.ZodError, at: string): string[] {
  return error.issues.map((issue) => `[ERROR] ${issue.message} [json-pointer:${[at, ...issue.path.map(String)].join('/')}]`);
}
