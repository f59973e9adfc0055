import { h } from './dom.js';
import { mrkdwn } from './mrkdwn.js';

/** Asks as Slack asks before a button with a confirm object acts. Resolves with the answer. */
export function confirmDialog(confirm) {
  return new Promise((resolve) => {
    const done = (answer) => {
      dialog.close();
      dialog.remove();
      resolve(answer);
    };
    const body = confirm.text.type === 'mrkdwn' ? mrkdwn(confirm.text.text) : [confirm.text.text];
    const dialog = h(
      'dialog',
      { class: 'modal small', 'aria-label': confirm.title.text, oncancel: () => done(false) },
      h('header', {}, h('h2', {}, confirm.title.text)),
      h('div', { class: 'modal-body' }, body),
      h(
        'footer',
        {},
        h('button', { type: 'button', class: 'button', onclick: () => done(false) }, confirm.deny.text),
        h(
          'button',
          { type: 'button', class: `button solid ${confirm.style ?? 'primary'}`, onclick: () => done(true) },
          confirm.confirm.text,
        ),
      ),
    );
    document.body.append(dialog);
    dialog.showModal();
  });
}
