import { act } from './api.js';
import { blocks } from './blocks.js';
import { h } from './dom.js';
import { store, typedOf } from './store.js';

const shown = new Map();

/** Shows the top modal of the person; a modal that is open and unchanged keeps its inputs and focus. */
export function drawModals(root) {
  const top = store.snapshot.modals.at(-1);
  for (const [id, dialog] of shown) {
    if (id === top?.id && dialog.dataset.hash === top.hash) return;
    dialog.close();
    dialog.remove();
    shown.delete(id);
  }
  if (!top) return;
  const dialog = draw(top, {});
  shown.set(top.id, dialog);
  root.append(dialog);
  dialog.showModal();
}

function draw(view, errors) {
  const surface = { key: view.id, viewId: view.id };
  const { title, submit, close } = view.content;
  const body = h('div', { class: 'modal-body' }, blocks(view.blocks, surface, errors));
  const dismiss = () => act('dismiss', { user: store.user, viewId: view.id });
  const dialog = h(
    'dialog',
    {
      class: 'modal',
      'aria-label': title.text,
      'data-hash': view.hash,
      'data-view-id': view.id,
      oncancel: dismiss,
    },
    h(
      'form',
      {
        method: 'dialog',
        onsubmit: async (event) => {
          event.preventDefault();
          const button = dialog.querySelector('.submit');
          button?.setAttribute('disabled', '');
          const outcome = await act('submit', { user: store.user, viewId: view.id, typed: typedOf(view.id) });
          button?.removeAttribute('disabled');
          body.replaceChildren(...blocks(view.blocks, surface, outcome.fields ?? {}));
          body.querySelector('.invalid :is(input, select, textarea)')?.focus();
        },
      },
      h(
        'header',
        {},
        h('h2', {}, title.text),
        h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close dialog', onclick: dismiss }, '✕'),
      ),
      body,
      h(
        'footer',
        {},
        h('button', { type: 'button', class: 'button', onclick: dismiss }, close?.text ?? (submit ? 'Cancel' : 'Close')),
        submit ? h('button', { type: 'submit', class: 'button solid primary submit' }, submit.text) : undefined,
      ),
    ),
  );
  return dialog;
}
