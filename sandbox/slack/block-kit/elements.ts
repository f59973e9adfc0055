import { z } from 'zod';
import { confirmObject, id255, optionGroup, overflowOption, plainOption, plainText, richOption, webUrl } from './text.ts';

/** Interactive elements. External selects are left out: the stand-in has no options requests, and says so instead of accepting them. */

const actionId = id255.optional();
const focus = z.boolean().optional();
const confirm = confirmObject.optional();
const placeholder = plainText(150).optional();
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'invalid date');

const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  action_id: actionId,
  url: webUrl.optional(),
  value: z.string().max(2000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  confirm,
  accessibility_label: z.string().max(75).optional(),
});

const staticSelectFields = {
  action_id: actionId,
  placeholder,
  options: z.array(plainOption).min(1).max(100).optional(),
  option_groups: z.array(optionGroup).min(1).max(100).optional(),
  confirm,
  focus_on_load: focus,
};

const staticSelect = z.strictObject({ type: z.literal('static_select'), ...staticSelectFields, initial_option: plainOption.optional() });

const multiStaticSelect = z.strictObject({
  type: z.literal('multi_static_select'),
  ...staticSelectFields,
  initial_options: z.array(plainOption).min(1).optional(),
  max_selected_items: z.number().int().min(1).optional(),
});

const usersSelect = z.strictObject({
  type: z.literal('users_select'),
  action_id: actionId,
  placeholder,
  initial_user: z.string().optional(),
  confirm,
  focus_on_load: focus,
});

const overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: actionId,
  options: z.array(overflowOption).min(1).max(5),
  confirm,
});

const checkboxes = z.strictObject({
  type: z.literal('checkboxes'),
  action_id: actionId,
  options: z.array(richOption).min(1).max(10),
  initial_options: z.array(richOption).min(1).optional(),
  confirm,
  focus_on_load: focus,
});

const radioButtons = z.strictObject({
  type: z.literal('radio_buttons'),
  action_id: actionId,
  options: z.array(richOption).min(1).max(10),
  initial_option: richOption.optional(),
  confirm,
  focus_on_load: focus,
});

const datepicker = z.strictObject({
  type: z.literal('datepicker'),
  action_id: actionId,
  initial_date: date.optional(),
  placeholder,
  confirm,
  focus_on_load: focus,
});

const dispatchConfig = z
  .strictObject({
    trigger_actions_on: z
      .array(z.enum(['on_enter_pressed', 'on_character_entered']))
      .min(1)
      .max(2),
  })
  .optional();

const plainTextInput = z.strictObject({
  type: z.literal('plain_text_input'),
  action_id: actionId,
  initial_value: z.string().max(3000).optional(),
  multiline: z.boolean().optional(),
  min_length: z.number().int().min(0).max(3000).optional(),
  max_length: z.number().int().min(1).max(3000).optional(),
  placeholder,
  dispatch_action_config: dispatchConfig,
  focus_on_load: focus,
});

const numberInput = z.strictObject({
  type: z.literal('number_input'),
  is_decimal_allowed: z.boolean(),
  action_id: actionId,
  initial_value: z.string().optional(),
  min_value: z.string().optional(),
  max_value: z.string().optional(),
  placeholder,
  dispatch_action_config: dispatchConfig,
  focus_on_load: focus,
});

export const imageElement = z.strictObject({ type: z.literal('image'), image_url: webUrl, alt_text: z.string().min(1).max(2000) });

const choices = [staticSelect, multiStaticSelect, usersSelect, checkboxes, radioButtons, datepicker] as const;
export const actionElement = z.discriminatedUnion('type', [button, overflow, ...choices]);
export const accessoryElement = z.discriminatedUnion('type', [button, overflow, imageElement, ...choices]);
export const inputElement = z.discriminatedUnion('type', [plainTextInput, numberInput, ...choices]);
