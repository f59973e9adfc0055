import { z } from 'zod';
import { accessoryElement, actionElement, imageElement, inputElement } from './elements.ts';
import { richTextBlock } from './rich-text.ts';
import { anyText, id255, mrkdwnText, plainText, webUrl } from './text.ts';

/** The blocks that the stand-in knows; any other type is refused, as Slack refuses a type that it does not know. */

const block_id = id255.optional();

const header = z.strictObject({ type: z.literal('header'), block_id, text: plainText(150) });
const divider = z.strictObject({ type: z.literal('divider'), block_id });

const section = z.strictObject({
  type: z.literal('section'),
  block_id,
  text: anyText(3000).optional(),
  fields: z.array(anyText(2000)).min(1).max(10).optional(),
  accessory: accessoryElement.optional(),
  expand: z.boolean().optional(),
});

const context = z.strictObject({
  type: z.literal('context'),
  block_id,
  elements: z
    .array(z.discriminatedUnion('type', [plainText(), mrkdwnText(), imageElement]))
    .min(1)
    .max(10),
});

const actions = z.strictObject({ type: z.literal('actions'), block_id, elements: z.array(actionElement).min(1).max(25) });

const input = z.strictObject({
  type: z.literal('input'),
  block_id,
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: inputElement,
});

const image = z.strictObject({
  type: z.literal('image'),
  block_id,
  image_url: webUrl,
  alt_text: z.string().min(1).max(2000),
  title: plainText(2000).optional(),
});

const cell = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('raw_text'), text: z.string().min(1) }),
  z.strictObject({ type: z.literal('raw_number'), value: z.number(), text: z.string().min(1) }),
  richTextBlock,
]);

const table = z.strictObject({
  type: z.literal('table'),
  block_id,
  rows: z.array(z.array(cell).min(1).max(20)).min(1).max(100),
  column_settings: z
    .array(z.strictObject({ align: z.enum(['left', 'center', 'right']).optional(), is_wrapped: z.boolean().optional() }))
    .max(20)
    .optional(),
});

const markdown = z.strictObject({ type: z.literal('markdown'), block_id, text: z.string().min(1).max(12_000) });

const taskCard = z.strictObject({
  type: z.literal('task_card'),
  block_id,
  task_id: z.string().min(1).max(255),
  title: z.string().min(1),
  status: z.enum(['pending', 'in_progress', 'complete', 'error']),
  details: richTextBlock.optional(),
  output: richTextBlock.optional(),
  sources: z.array(z.strictObject({ type: z.literal('url'), url: webUrl, text: z.string().min(1) })).optional(),
});

const plan = z.strictObject({ type: z.literal('plan'), block_id, title: z.string().min(1), tasks: z.array(taskCard).optional() });

const everywhere = [header, divider, section, context, actions, input, image, richTextBlock] as const;

export const messageBlock = z.discriminatedUnion('type', [...everywhere, table, markdown, taskCard, plan]);
const viewBlock = z.discriminatedUnion('type', [...everywhere]);

const viewFields = {
  private_metadata: z.string().max(3000).optional(),
  callback_id: z.string().max(255).optional(),
  external_id: z.string().max(255).optional(),
  blocks: z.array(viewBlock).max(100),
};

export const modalView = z.strictObject({
  type: z.literal('modal'),
  title: plainText(24),
  submit: plainText(24).optional(),
  close: plainText(24).optional(),
  clear_on_close: z.boolean().optional(),
  notify_on_close: z.boolean().optional(),
  submit_disabled: z.boolean().optional(),
  ...viewFields,
});

export const homeView = z.strictObject({ type: z.literal('home'), ...viewFields });
