import { getJson, toast } from './api.js';
import { h, reconcile } from './dom.js';
import { drawMystery, mysteryPart } from './mystery.js';

/** Where there is little room, the conversation comes first. */
const roomy = matchMedia('(min-width: 641px)').matches;
const panel = h('details', { class: 'world', open: roomy, hidden: true, 'aria-label': 'World', role: 'region' }, h('summary', {}, 'World'));
const running = h('ul', { class: 'incidents', 'aria-label': 'Running incidents' });
const groups = h('div', { class: 'groups', role: 'group', 'aria-label': 'Incidents by topic' });
const status = h('dl', { class: 'status' });
const pager = h('ul', { class: 'pages', 'aria-label': 'Pages of PagerDuty' });
const tracker = h('ul', { class: 'pages', 'aria-label': 'Issues on GitHub' });
const find = h('input', { type: 'search', placeholder: 'Find an incident', 'aria-label': 'Find an incident', oninput: () => draw() });
const known = h('details', { class: 'known' }, h('summary', {}, 'Start a known one'), find, groups);
panel.append(h('p', { class: 'muted' }, 'What really goes on outside the bot.'), mysteryPart, running, known, status, pager, tracker);

let list = [];
let last = '';

/** The panel with which something is broken in the sandbox; it hides where there is nothing to break. */
export function worldPanel() {
  refresh();
  setInterval(refresh, 1500);
  return panel;
}

async function refresh() {
  const [incidents, mystery, lines, pages, issues] = await Promise.all(
    ['incidents', 'mystery', 'status', 'pages', 'issues'].map((what) => getJson(`/world/${what}`).catch(() => undefined)),
  );
  panel.hidden = incidents === undefined && lines === undefined;
  const seen = JSON.stringify([incidents, mystery, lines, pages, issues]);
  if (seen === last) return;
  last = seen;
  list = incidents ?? [];
  drawMystery(mystery, post);
  status.replaceChildren(...Object.entries(lines ?? {}).flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, String(value))]));
  pager.replaceChildren(...(pages ?? []).map(page));
  tracker.replaceChildren(...(issues ?? []).map(issue));
  draw();
}

/** What rang at whoever is on call. */
function page({ status: state, summary, source, at }) {
  const text = `PagerDuty ${state}, ${new Date(at).toLocaleTimeString()} (${source}): ${summary}`;
  return h('li', { class: state === 'resolved' ? 'muted' : '' }, text);
}

/** What was opened on GitHub; the text unfolds. */
function issue({ number, title, body }) {
  return h('li', {}, h('details', {}, h('summary', {}, `GitHub issue #${number}: ${title}`), h('pre', {}, body)));
}

/** Those that run first; the others by the topic that a person who guesses right would type, or those that the search finds. */
function draw() {
  known.hidden = list.length === 0;
  drawList(
    running,
    list.filter(({ state }) => state !== 'idle'),
  );
  const wanted = find.value.trim().toLowerCase();
  const idle = list.filter(
    (item) => item.state === 'idle' && `${item.title} ${item.topic ?? ''} ${item.id}`.toLowerCase().includes(wanted),
  );
  const byTopic = [...Map.groupBy(idle, ({ topic }) => topic ?? 'others')].sort(([a], [b]) => a.localeCompare(b));
  reconcile(
    groups,
    byTopic,
    ([topic]) => topic,
    ([, items]) => `${wanted} ${items.map(({ id }) => id).join(' ')}`,
    ([topic, items], old) => group(topic, items, wanted !== '' || (old?.open === true && old.dataset.searched !== 'true'), wanted !== ''),
  );
}

function group(topic, items, open, searched) {
  const rows = h('ul', { class: 'incidents' });
  drawList(rows, items);
  const count = h('span', { class: 'muted' }, ` ${items.length}`);
  return h('details', { class: 'group', open, 'data-searched': String(searched) }, h('summary', {}, topic, count), rows);
}

function drawList(parent, items) {
  reconcile(
    parent,
    items,
    ({ id }) => id,
    (item) => JSON.stringify(item),
    incident,
  );
}

function incident(item) {
  const idle = item.state === 'idle';
  const verb = idle ? 'Start' : 'Stop';
  return h(
    'li',
    { class: `incident ${item.state}`, 'data-incident': item.id },
    h('div', {}, h('strong', {}, item.title), idle ? undefined : h('span', { class: `state ${item.state}` }, item.state)),
    item.detail ? h('div', { class: 'muted' }, item.detail) : undefined,
    h(
      'button',
      {
        type: 'button',
        class: 'button',
        'aria-label': `${verb} ${item.title}`,
        disabled: item.state === 'stopping',
        onclick: () => post(`incidents/${encodeURIComponent(item.id)}/${verb.toLowerCase()}`),
      },
      verb,
    ),
  );
}

async function post(path) {
  const done = fetch(`/world/${path}`, { method: 'POST' });
  setTimeout(refresh, 200);
  const response = await done;
  if (!response.ok) toast((await response.json()).error ?? 'The sandbox could not do that.');
  refresh();
}
