import { h } from './dom.js';

/** "Break something": a trouble whose name is told only when it is asked for. */
export const mysteryPart = h('section', { class: 'mystery', 'aria-label': 'Break something', hidden: true });

/** @param answer what the sandbox says; undefined where it knows of no such thing */
export function drawMystery(answer, post) {
  mysteryPart.hidden = answer === undefined;
  const broken = answer?.broken ?? undefined;
  const over = broken === undefined || broken.state === 'repaired';
  const press = (name, path, options = {}) =>
    h('button', { type: 'button', class: 'button', onclick: () => post(`mystery/${path}`), ...options }, name);
  mysteryPart.replaceChildren(
    ...(broken === undefined ? [h('p', { class: 'muted' }, 'Breaks something at random, and does not say what.')] : told(broken)),
    h(
      'div',
      { class: 'choices' },
      over
        ? press('Break something', 'start', { class: 'button primary' })
        : press('Repair', 'repair', { disabled: broken.state === 'stopping' }),
      broken === undefined || broken.truth ? undefined : press('What was it?', 'reveal'),
    ),
  );
}

const STATES = { starting: 'starting', ready: 'ready', stopping: 'being repaired', repaired: 'repaired', idle: 'repaired' };

function told({ title, state, detail, question, truth }) {
  const named = [question?.executionId, question?.pod].filter(Boolean).join(', ');
  return [
    h('div', { class: 'noticed' }, h('strong', {}, title), h('span', { class: `state ${state}`, role: 'status' }, STATES[state] ?? state)),
    detail ? h('div', { class: 'muted' }, detail) : undefined,
    named ? h('div', { class: 'muted' }, `It is about ${named}.`) : undefined,
    truth
      ? h('div', { class: 'truth' }, 'It was ', h('code', {}, truth.cause), ` (incident ${truth.incident}, topic ${truth.topic}).`)
      : state === 'ready'
        ? h('div', { class: 'muted' }, 'Now ask the bot: /hotswap diagnose')
        : undefined,
  ].filter((part) => part !== undefined);
}
