import { h } from './dom.js';
import { element, textOf } from './elements.js';
import { markdown } from './markdown.js';
import { mrkdwn } from './mrkdwn.js';
import { richText } from './rich-text.js';

let labels = 0;

/** Draws blocks; one that this page cannot draw stays visible as its JSON. */
export function blocks(list, surface, errors = {}) {
  return list.map((block) => {
    const render = renderers[block.type];
    const drawn = render ? render(block, surface, errors) : unknown(block);
    drawn.classList.add('block', `block-${block.type}`);
    if (block.block_id) drawn.dataset.blockId = block.block_id;
    return drawn;
  });
}

function unknown(block) {
  return h(
    'div',
    { class: 'unknown' },
    h('strong', {}, `This client cannot draw “${block.type}”`),
    h('pre', {}, JSON.stringify(block, null, 2)),
  );
}

function section(block, surface) {
  const fields = block.fields
    ? h(
        'div',
        { class: 'fields' },
        block.fields.map((field) => h('div', {}, textOf(field))),
      )
    : undefined;
  const body = h('div', { class: 'section-body' }, block.text ? h('div', { class: 'text' }, textOf(block.text)) : undefined, fields);
  const side = block.accessory ? (element(block.accessory, block, surface) ?? unknown(block.accessory)) : undefined;
  return h('div', {}, body, side ? h('div', { class: 'accessory' }, side) : undefined);
}

function context(block) {
  const parts = block.elements.map((item) =>
    item.type === 'image' ? h('img', { class: 'icon', src: item.image_url, alt: item.alt_text }) : h('span', {}, textOf(item)),
  );
  return h('div', {}, parts);
}

function input(block, surface, errors) {
  labels += 1;
  const id = `label-${labels}`;
  const error = errors[block.block_id];
  const optional = block.optional ? h('span', { class: 'muted' }, ' (optional)') : undefined;
  return h(
    'div',
    { class: error ? 'invalid' : undefined },
    h('div', { id, class: 'label' }, block.label.text, optional),
    element(block.element, block, { ...surface, labelledBy: id }, true) ?? unknown(block.element),
    error ? h('div', { class: 'error', role: 'alert' }, error) : undefined,
    block.hint ? h('div', { class: 'muted hint' }, block.hint.text) : undefined,
  );
}

function image(block) {
  const title = block.title ? h('figcaption', {}, block.title.text) : undefined;
  return h('figure', {}, title, h('img', { src: block.image_url, alt: block.alt_text }));
}

function table(block) {
  const [head = [], ...rows] = block.rows;
  const align = (index) => `text-align:${block.column_settings?.[index]?.align ?? 'left'}`;
  const cell = (tag) => (item, index) =>
    h(tag, { style: align(index), scope: tag === 'th' ? 'col' : undefined }, item.type === 'rich_text' ? richText(item) : item.text);
  const body = rows.map((row) => h('tr', {}, row.map(cell('td'))));
  return h('div', { class: 'scroll' }, h('table', {}, h('thead', {}, h('tr', {}, head.map(cell('th')))), h('tbody', {}, body)));
}

const marks = {
  pending: ['○', 'Pending'],
  in_progress: ['', 'In progress'],
  complete: ['✓', 'Complete'],
  error: ['!', 'Error'],
};

function taskCard(task) {
  const [mark, name] = marks[task.status];
  const sources = (task.sources ?? []).map((source) => h('a', { href: source.url, target: '_blank', rel: 'noreferrer' }, source.text));
  return h(
    'div',
    { class: `task ${task.status}` },
    h('span', { class: 'mark', role: 'img', 'aria-label': name }, mark),
    h(
      'div',
      {},
      h('div', { class: 'task-title' }, task.title),
      task.details ? h('div', { class: 'muted' }, richText(task.details)) : undefined,
      task.output ? richText(task.output) : undefined,
      sources.length > 0 ? h('div', { class: 'sources' }, sources) : undefined,
    ),
  );
}

function plan(block) {
  return h('section', { 'aria-label': block.title }, h('div', { class: 'plan-title' }, block.title), (block.tasks ?? []).map(taskCard));
}

const renderers = {
  header: (block) => h('h3', {}, mrkdwn(block.text.text)),
  divider: () => h('hr'),
  section,
  context,
  actions: (block, surface) =>
    h(
      'div',
      {},
      block.elements.map((item) => element(item, block, surface) ?? unknown(item)),
    ),
  input,
  image,
  rich_text: richText,
  table,
  markdown: (block) => h('div', {}, markdown(block.text)),
  task_card: taskCard,
  plan,
};
