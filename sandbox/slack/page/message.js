import { act } from './api.js';
import { blocks } from './blocks.js';
import { h } from './dom.js';
import { ago, emojiNode, mrkdwn } from './mrkdwn.js';
import { nameOf, store, userOf } from './store.js';

/** One message of a channel or a thread, with what it carries. `openThread` is absent inside a thread. */
export function message(item, openThread) {
  const surface = { key: `${item.channel}/${item.ts}`, channel: item.channel, ts: item.ts };
  const at = new Date(Number(item.ts) * 1000);
  const body = item.blocks.length > 0 ? blocks(item.blocks, surface) : [h('div', { class: 'text' }, mrkdwn(item.text))];
  return h(
    'article',
    {
      class: item.onlyFor ? 'message ephemeral' : 'message',
      'data-ts': item.ts,
      'data-channel': item.channel,
      'data-thread-ts': item.threadTs,
      'aria-label': `${nameOf(item.user)}: ${item.text.slice(0, 120)}`,
    },
    avatar(item.user),
    h(
      'div',
      { class: 'message-body' },
      h(
        'header',
        {},
        h('span', { class: 'author' }, nameOf(item.user)),
        item.byApp ? h('span', { class: 'badge' }, 'App') : undefined,
        h(
          'time',
          { class: 'muted', datetime: at.toISOString(), title: at.toString() },
          at.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' }),
        ),
        item.pinned ? h('span', { class: 'muted' }, '📌 Pinned') : undefined,
      ),
      item.onlyFor ? h('div', { class: 'only' }, 'Only visible to you') : undefined,
      body,
      item.edited ? h('span', { class: 'muted' }, '(edited)') : undefined,
      item.files.map(file),
      reactions(item),
      threadLink(item, openThread),
    ),
    tools(item, openThread),
  );
}

export function avatar(id) {
  const user = userOf(id);
  const hue = [...id].reduce((sum, letter) => sum + letter.charCodeAt(0) * 37, 0) % 360;
  const initials = user?.isBot
    ? '⇄'
    : nameOf(id)
        .split(' ')
        .map((word) => word[0])
        .join('')
        .slice(0, 2);
  return h('span', { class: user?.isBot ? 'avatar bot' : 'avatar', style: `--hue:${hue}`, 'aria-hidden': 'true' }, initials);
}

function file(item) {
  const size = item.length > 1_048_576 ? `${(item.length / 1_048_576).toFixed(1)} MB` : `${Math.max(1, Math.round(item.length / 1024))} kB`;
  return h(
    'a',
    { class: 'file', href: `/files/${item.id}`, download: item.name },
    h('span', { 'aria-hidden': 'true' }, '📄'),
    h('span', {}, h('strong', {}, item.title), h('br'), h('span', { class: 'muted' }, `${item.name} · ${size}`)),
  );
}

function reactions(item) {
  if (item.reactions.length === 0) return undefined;
  return h(
    'div',
    { class: 'reactions' },
    item.reactions.map((reaction) => h('span', { class: 'reaction' }, emojiNode(reaction.name), ` ${reaction.users.length}`)),
  );
}

function threadLink(item, openThread) {
  if (!openThread || item.replyCount === 0) return undefined;
  const count = item.replyCount === 1 ? '1 reply' : `${item.replyCount} replies`;
  const label = h('span', { class: 'muted' }, `Last reply ${ago(item.lastReply / 1000)}`);
  return h(
    'button',
    { type: 'button', class: 'thread-link', onclick: () => openThread(item.ts) },
    item.replyUsers.slice(0, 3).map(avatar),
    h('strong', {}, count),
    label,
  );
}

function tools(item, openThread) {
  const shortcuts = store.snapshot.app.shortcuts.map((shortcut) =>
    h(
      'button',
      {
        type: 'button',
        onclick: () => act('shortcut', { user: store.user, channel: item.channel, ts: item.ts, callbackId: shortcut.callbackId }),
      },
      shortcut.name,
    ),
  );
  const reply =
    openThread && !item.onlyFor
      ? h('button', { type: 'button', onclick: () => openThread(item.threadTs ?? item.ts) }, 'Reply in thread')
      : undefined;
  return h('div', { class: 'tools' }, reply, item.onlyFor ? [] : shortcuts);
}
