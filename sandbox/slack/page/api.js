import { h } from './dom.js';

/** Acts as a person; shows what Slack's client would show when it fails. */
export async function act(name, body) {
  try {
    const response = await fetch(`/control/${name}`, { method: 'POST', body: JSON.stringify(body) });
    const outcome = await response.json();
    if (!outcome.ok && !outcome.fields) toast(outcome.text ?? outcome.error);
    return outcome;
  } catch {
    toast('The sandbox does not answer.');
    return { ok: false };
  }
}

export async function getJson(path) {
  const response = await fetch(path);
  return response.ok ? response.json() : undefined;
}

export function toast(text) {
  const element = h('div', { class: 'toast' }, text);
  document.querySelector('#toasts').append(element);
  setTimeout(() => element.remove(), 8000);
}
