import { h } from './dom.js';
import { emojiNode, formatDate, mention } from './mrkdwn.js';
import { channelOf, nameOf, store } from './store.js';

/** A rich_text block as nodes. */
export function richText(block) {
  return h('div', { class: 'rich-text' }, block.elements.map(part));
}

function part(element) {
  if (element.type === 'rich_text_list') {
    const tag = element.style === 'ordered' ? 'ol' : 'ul';
    const items = element.elements.map((item) => h('li', {}, item.elements.map(inline)));
    return h(tag, { style: `margin-left:${(element.indent ?? 0) * 20}px`, start: element.offset ? element.offset + 1 : undefined }, items);
  }
  if (element.type === 'rich_text_preformatted') return h('pre', {}, element.elements.map(inline));
  if (element.type === 'rich_text_quote') return h('blockquote', {}, element.elements.map(inline));
  return h('div', { class: 'rich-section' }, element.elements.map(inline));
}

function inline(element) {
  return styled(plain(element), element.style ?? {});
}

function plain(element) {
  switch (element.type) {
    case 'text':
      return document.createTextNode(element.text);
    case 'emoji':
      return emojiNode(element.name);
    case 'link':
      return h('a', { href: element.url, target: '_blank', rel: 'noreferrer' }, element.text ?? element.url);
    case 'user':
      return mention(`@${nameOf(element.user_id)}`, element.user_id === store.user);
    case 'channel':
      return mention(`#${channelOf(element.channel_id)?.name ?? element.channel_id}`);
    case 'usergroup':
      return mention(`@${store.snapshot?.usergroups.find((group) => group.id === element.usergroup_id)?.handle ?? element.usergroup_id}`);
    case 'broadcast':
      return mention(`@${element.range}`, true);
    case 'date':
      return h('time', {}, formatDate(element.timestamp, element.format, element.fallback ?? ''));
    default:
      return document.createTextNode(element.value ?? '');
  }
}

function styled(node, style) {
  const tags = { bold: 'strong', italic: 'em', strike: 's', code: 'code', underline: 'u' };
  return Object.entries(tags).reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}
