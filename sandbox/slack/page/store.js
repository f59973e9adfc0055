/** What the page knows: the snapshot of the person acting as, and where they look. */
export const store = {
  snapshot: undefined,
  user: localStorage.getItem('user') ?? '',
  channel: '',
  thread: undefined,
  tab: 'messages',
};

export const userOf = (id) => store.snapshot?.users.find((user) => user.id === id);
export const channelOf = (id) => store.snapshot?.channels.find((channel) => channel.id === id);
export const nameOf = (id) => userOf(id)?.realName ?? id;

/** What was typed into the inputs of a surface, kept while the surface is redrawn. Key: surface, then block/action. */
const typed = new Map();
export function typedOf(surface) {
  if (!typed.has(surface)) typed.set(surface, {});
  return typed.get(surface);
}
