import { act } from './api.js';
import { confirmDialog } from './confirm.js';
import { h } from './dom.js';
import { mrkdwn } from './mrkdwn.js';
import { nameOf, store, typedOf } from './store.js';

/**
 * Interactive elements. `surface` is {key, channel?, ts?, viewId?}: where the element stands and where its values are kept.
 * In an input block nothing is sent until the modal is submitted.
 */
export function element(item, block, surface, inInput = false) {
  const render = renderers[item.type];
  return render ? render(item, block, surface, inInput) : undefined;
}

export const textOf = (object) => (object?.type === 'mrkdwn' ? mrkdwn(object.text) : [object?.text ?? '']);
const actionId = (item) => item.action_id ?? item.type;
const keyOf = (item, block) => `${block.block_id}/${actionId(item)}`;

async function send(item, block, surface, value, control) {
  if (item.confirm && !(await confirmDialog(item.confirm))) return;
  control?.setAttribute('aria-busy', 'true');
  const { key: _key, labelledBy: _label, ...where } = surface;
  await act('click', { user: store.user, ...where, blockId: block.block_id, actionId: actionId(item), value, typed: typedOf(surface.key) });
  control?.removeAttribute('aria-busy');
}

function changed(item, block, surface, inInput, value, control) {
  typedOf(surface.key)[keyOf(item, block)] = value;
  if (!inInput || block.dispatch_action) send(item, block, surface, value, control);
}

function button(item, block, surface) {
  const control = h(
    'button',
    {
      type: 'button',
      class: `button ${item.style ?? ''}`,
      'aria-label': item.accessibility_label,
      'data-action-id': actionId(item),
      onclick: () => {
        if (item.url) window.open(item.url, '_blank', 'noreferrer');
        send(item, block, surface, undefined, control);
      },
    },
    item.text.text,
  );
  return control;
}

function label(item, surface, fallback) {
  return surface.labelledBy ? { 'aria-labelledby': surface.labelledBy } : { 'aria-label': item.placeholder?.text ?? fallback };
}

function option(entry, selected) {
  return h('option', { value: entry.value, selected: selected === entry.value }, entry.text.text);
}

function staticSelect(item, block, surface, inInput) {
  const selected = typedOf(surface.key)[keyOf(item, block)] ?? item.initial_option?.value ?? '';
  const groups = item.option_groups?.map((group) =>
    h(
      'optgroup',
      { label: group.label.text },
      group.options.map((entry) => option(entry, selected)),
    ),
  );
  const control = h(
    'select',
    { class: 'select', ...label(item, surface, 'Choose'), onchange: () => changed(item, block, surface, inInput, control.value, control) },
    h('option', { value: '', selected: selected === '' }, item.placeholder?.text ?? 'Select an item'),
    groups ?? (item.options ?? []).map((entry) => option(entry, selected)),
  );
  return control;
}

function usersSelect(item, block, surface, inInput) {
  const options = store.snapshot.users.map((user) => ({ value: user.id, text: { text: nameOf(user.id) } }));
  const initial = item.initial_user ? { value: item.initial_user } : undefined;
  return staticSelect({ ...item, options, initial_option: initial }, block, surface, inInput);
}

function choices(item, block, surface, inInput, many) {
  const key = keyOf(item, block);
  const initial = many ? (item.initial_options ?? []).map((entry) => entry.value) : [item.initial_option?.value];
  const chosen = new Set([typedOf(surface.key)[key] ?? initial].flat());
  const options = item.options ?? item.option_groups.flatMap((group) => group.options);
  const group = h('div', { class: 'choices', role: many ? 'group' : 'radiogroup', ...label(item, surface, 'Options') });
  for (const entry of options) {
    const box = h('input', {
      type: many ? 'checkbox' : 'radio',
      name: `${surface.key}/${key}`,
      value: entry.value,
      checked: chosen.has(entry.value),
      onchange: () => {
        const values = [...group.querySelectorAll('input:checked')].map((checked) => checked.value);
        changed(item, block, surface, inInput, many ? values : (values[0] ?? ''));
      },
    });
    const description = entry.description ? h('span', { class: 'muted' }, textOf(entry.description)) : undefined;
    group.append(h('label', {}, box, h('span', {}, textOf(entry.text), description ? [h('br'), description] : [])));
  }
  return group;
}

function overflow(item, block, surface) {
  const menu = h('details', { class: 'overflow' });
  const entries = item.options.map((entry) =>
    h(
      'button',
      {
        type: 'button',
        role: 'menuitem',
        onclick: () => {
          menu.open = false;
          if (entry.url) window.open(entry.url, '_blank', 'noreferrer');
          send(item, block, surface, entry.value);
        },
      },
      entry.text.text,
    ),
  );
  menu.append(h('summary', { class: 'button', role: 'button', 'aria-label': 'More actions' }, '⋯'), h('div', { role: 'menu' }, entries));
  return menu;
}

function field(item, block, surface, inInput, tag, attributes) {
  const initial = typedOf(surface.key)[keyOf(item, block)] ?? item.initial_value ?? item.initial_date ?? '';
  const control = h(tag, {
    class: 'field',
    ...label(item, surface, 'Value'),
    placeholder: item.placeholder?.text,
    value: initial,
    autofocus: item.focus_on_load,
    oninput: () => {
      typedOf(surface.key)[keyOf(item, block)] = control.value;
    },
    onchange: () => changed(item, block, surface, inInput, control.value),
    ...attributes,
  });
  return control;
}

const renderers = {
  button,
  overflow,
  static_select: staticSelect,
  users_select: usersSelect,
  multi_static_select: (item, block, surface, inInput) => choices(item, block, surface, inInput, true),
  checkboxes: (item, block, surface, inInput) => choices(item, block, surface, inInput, true),
  radio_buttons: (item, block, surface, inInput) => choices(item, block, surface, inInput, false),
  plain_text_input: (item, block, surface, inInput) =>
    field(item, block, surface, inInput, item.multiline ? 'textarea' : 'input', {
      type: item.multiline ? undefined : 'text',
      rows: item.multiline ? 4 : undefined,
    }),
  number_input: (item, block, surface, inInput) => field(item, block, surface, inInput, 'input', { type: 'text', inputmode: 'numeric' }),
  datepicker: (item, block, surface, inInput) => field(item, block, surface, inInput, 'input', { type: 'date' }),
  image: (item) => h('img', { class: 'thumb', src: item.image_url, alt: item.alt_text }),
};
