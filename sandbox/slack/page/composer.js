import { act } from './api.js';
import { h } from './dom.js';
import { store } from './store.js';

/** Where a person writes. A line that begins with a slash is a command; the hint says which there are. */
export function composer(label, where) {
  const hint = h('div', { class: 'command-hint', hidden: true });
  const field = h('textarea', {
    rows: 1,
    'aria-label': label,
    placeholder: label,
    onkeydown: (event) => {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      send();
    },
    oninput: () => showHint(field, hint),
  });
  const send = async () => {
    const text = field.value;
    if (text.trim() === '') return;
    field.value = '';
    showHint(field, hint);
    await act('say', { user: store.user, ...where(), text });
  };
  const button = h('button', { type: 'button', class: 'button solid primary send', 'aria-label': 'Send', onclick: send }, '➤');
  return h('div', { class: 'composer' }, hint, h('div', { class: 'composer-box' }, field, button));
}

function showHint(field, hint) {
  field.style.height = 'auto';
  field.style.height = `${Math.min(160, field.scrollHeight)}px`;
  const first = field.value.split(' ')[0];
  const commands = field.value.startsWith('/') ? store.snapshot.app.commands.filter((command) => command.command.startsWith(first)) : [];
  hint.hidden = commands.length === 0;
  hint.replaceChildren(...commands.map((command) => h('div', {}, h('strong', {}, command.command), ` ${command.hint ?? ''}`)));
}
