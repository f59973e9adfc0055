import { type Verdict, validateView } from './block-kit/validate.ts';
import type { State, View } from './state.ts';
import { newId } from './state.ts';
import { named } from './web-api/chat.ts';

const maxStack = 3;
let hashes = 0;

/** A hash that changes with every change of a view. */
function newHash(): string {
  hashes += 1;
  return `${Math.floor(Date.now() / 1000)}.${hashes.toString(36)}`;
}

/** The modals of a person, the one on top last. */
export function stackOf(state: State, user: string): View[] {
  return [...state.views.values()].filter((view) => view.user === user && view.kind === 'modal');
}

/** Opens a modal, on top of those that are open. Errors: invalid_arguments, push_limit_reached. */
export function openView(state: State, user: string, input: unknown, over?: View): Verdict<View> {
  const verdict = validateView(input, 'modal');
  if (!verdict.ok) return verdict;
  const stack = over ? stackOf(state, user) : [];
  if (stack.length >= maxStack) return { ok: false, error: 'push_limit_reached', messages: [] };
  if (!over) for (const view of stackOf(state, user)) state.views.delete(view.id);
  const id = newId('V');
  const { external_id: externalId, blocks, ...content } = verdict.value;
  const view: View = {
    id,
    user,
    kind: 'modal',
    rootId: over?.rootId ?? id,
    ...(over ? { previousId: over.id } : {}),
    hash: newHash(),
    content,
    blocks: named(blocks),
    ...(typeof externalId === 'string' ? { externalId } : {}),
  };
  state.views.set(id, view);
  state.changed();
  return { ok: true, value: view };
}

/** Replaces what a modal shows. Errors: invalid_arguments, hash_conflict. */
export function updateView(state: State, view: View, input: unknown, hash?: string): Verdict<View> {
  const verdict = validateView(input, view.kind);
  if (!verdict.ok) return verdict;
  if (hash !== undefined && hash !== view.hash) return { ok: false, error: 'hash_conflict', messages: [] };
  const { blocks, external_id: externalId, ...content } = verdict.value;
  view.content = content;
  view.blocks = named(blocks);
  if (typeof externalId === 'string') view.externalId = externalId;
  view.hash = newHash();
  state.changed();
  return { ok: true, value: view };
}

/** Publishes a person's App Home. */
export function publishHome(state: State, user: string, input: unknown, hash?: string): Verdict<View> {
  const known = [...state.views.values()].find((view) => view.user === user && view.kind === 'home');
  if (known) return updateView(state, known, input, hash);
  const id = newId('V');
  const view: View = { id, user, kind: 'home', rootId: id, hash: newHash(), content: {}, blocks: [] };
  const verdict = updateView(state, view, input);
  if (verdict.ok) state.views.set(id, view);
  return verdict;
}

/** Closes one modal, or all of the person's. */
export function closeView(state: State, view: View, all: boolean): void {
  if (all) for (const open of stackOf(state, view.user)) state.views.delete(open.id);
  state.views.delete(view.id);
  state.changed();
}
