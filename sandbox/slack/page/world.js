import { getJson, toast } from './api.js';
import { h } from './dom.js';

const panel = h('details', { class: 'world', open: true, hidden: true, 'aria-label': 'World', role: 'region' }, h('summary', {}, 'World'));
const incidents = h('ul', { class: 'incidents', 'aria-label': 'Incidents' });
const status = h('dl', { class: 'status' });
panel.append(h('p', { class: 'muted' }, 'What really goes on outside the bot. Start an incident, then ask the bot.'), incidents, status);
let last = '';

/** The panel with which the sandbox's incidents are started; it hides where there are none. */
export function worldPanel() {
  refresh();
  setInterval(refresh, 1500);
  return panel;
}

async function refresh() {
  const [list, lines] = await Promise.all([
    getJson('/world/incidents').catch(() => undefined),
    getJson('/world/status').catch(() => undefined),
  ]);
  panel.hidden = list === undefined && lines === undefined;
  const seen = JSON.stringify([list, lines]);
  if (seen === last) return;
  last = seen;
  incidents.replaceChildren(...(list ?? []).map(incident));
  status.replaceChildren(...Object.entries(lines ?? {}).flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, String(value))]));
}

function incident(item) {
  const running = item.state === 'ready' || item.state === 'starting';
  const verb = running ? 'Stop' : 'Start';
  const press = async () => {
    const response = await fetch(`/world/incidents/${encodeURIComponent(item.id)}/${verb.toLowerCase()}`, { method: 'POST' });
    if (!response.ok) toast((await response.json()).error ?? 'The sandbox could not do that.');
    refresh();
  };
  return h(
    'li',
    { class: `incident ${item.state}`, 'data-incident': item.id },
    h('div', {}, h('strong', {}, item.title), h('span', { class: `state ${item.state}` }, item.state)),
    item.detail ? h('div', { class: 'muted' }, item.detail) : undefined,
    h(
      'button',
      { type: 'button', class: 'button', 'aria-label': `${verb} ${item.title}`, disabled: item.state === 'stopping', onclick: press },
      verb,
    ),
  );
}
