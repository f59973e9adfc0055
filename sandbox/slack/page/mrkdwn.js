import { h } from './dom.js';
import { emoji } from './emoji.js';
import { channelOf, nameOf, store } from './store.js';

const token =
  /```([\s\S]+?)```|`([^`\n]+)`|<([^<>\n]+)>|:([a-z0-9_+-]+):|(?<![\w*])\*(?!\s)([^*\n]+?)(?<!\s)\*(?!\w)|(?<![\w_])_(?!\s)([^_\n]+?)(?<!\s)_(?!\w)|(?<![\w~])~(?!\s)([^~\n]+?)(?<!\s)~(?!\w)/g;
const unescapeText = (text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

/** Slack's mrkdwn as nodes: quotes and bullets by line, the rest inline. Nothing is ever parsed as HTML. */
export function mrkdwn(text) {
  const nodes = [];
  const parts = text.split(/(```[\s\S]+?```)/);
  for (const part of parts) {
    if (part.startsWith('```') && part.length > 6) {
      nodes.push(h('pre', {}, unescapeText(part.slice(3, -3).replace(/^\n/, ''))));
      continue;
    }
    part.split('\n').forEach((line, index) => {
      if (index > 0) nodes.push(h('br'));
      if (/^(&gt;|>)/.test(line)) nodes.push(h('blockquote', {}, inline(line.replace(/^(&gt;|>)\s?/, ''))));
      else nodes.push(...inline(line));
    });
  }
  return nodes.filter((node, index) => !(node.nodeName === 'BR' && ['PRE', 'BLOCKQUOTE'].includes(nodes[index - 1]?.nodeName)));
}

function inline(text) {
  const nodes = [];
  let at = 0;
  for (const match of text.matchAll(token)) {
    if (match.index > at) nodes.push(unescapeText(text.slice(at, match.index)));
    nodes.push(...one(match));
    at = match.index + match[0].length;
  }
  if (at < text.length) nodes.push(unescapeText(text.slice(at)));
  return nodes;
}

function one([all, fence, code, angle, short, bold, italic, strike]) {
  if (fence !== undefined) return [h('pre', {}, unescapeText(fence))];
  if (code !== undefined) return [h('code', {}, unescapeText(code))];
  if (angle !== undefined) return [special(angle)];
  if (short !== undefined) return [emojiNode(short)];
  if (bold !== undefined) return [h('strong', {}, inline(bold))];
  if (italic !== undefined) return [h('em', {}, inline(italic))];
  if (strike !== undefined) return [h('s', {}, inline(strike))];
  return [all];
}

export function emojiNode(name) {
  const found = emoji[name];
  return found
    ? h('span', { role: 'img', 'aria-label': name.replaceAll('_', ' '), class: 'emoji' }, found)
    : document.createTextNode(`:${name}:`);
}

function special(text) {
  const [target, label] = text.split('|');
  if (target.startsWith('@')) return mention(`@${label ?? nameOf(target.slice(1))}`, target.slice(1) === store.user);
  if (target.startsWith('#')) return mention(`#${label ?? channelOf(target.slice(1))?.name ?? target.slice(1)}`);
  if (target.startsWith('!date^')) return date(target, label ?? '');
  if (target.startsWith('!subteam^')) {
    const group = store.snapshot?.usergroups.find((item) => item.id === target.slice(9));
    return mention(`@${group?.handle ?? label ?? target.slice(9)}`, group?.users.includes(store.user));
  }
  if (target.startsWith('!')) return mention(`@${target.slice(1)}`, true);
  if (/^(https?|mailto):/.test(target)) return h('a', { href: target, target: '_blank', rel: 'noreferrer' }, unescapeText(label ?? target));
  return document.createTextNode(`<${unescapeText(text)}>`);
}

export function mention(text, me = false) {
  return h('span', { class: me ? 'mention me' : 'mention' }, text);
}

function date(target, fallback) {
  const [, seconds, format, link] = target.split('^');
  const text = formatDate(Number(seconds), format ?? '', fallback);
  const time = h(
    'time',
    { datetime: new Date(Number(seconds) * 1000).toISOString(), title: new Date(Number(seconds) * 1000).toString() },
    text,
  );
  return link ? h('a', { href: link }, time) : time;
}

/** `{date_short_pretty} at {time}` and its kin, in the reader's own time zone. */
export function formatDate(seconds, format, fallback) {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return fallback;
  const say = (options) => at.toLocaleString('en-GB', options);
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 86_400_000);
  const pretty = { 0: 'today', 1: 'yesterday', [-1]: 'tomorrow' }[days];
  const forms = {
    date_num: at.toISOString().slice(0, 10),
    date: say({ day: 'numeric', month: 'long', year: 'numeric' }),
    date_short: say({ day: 'numeric', month: 'short', year: 'numeric' }),
    date_long: say({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    time: say({ hour: '2-digit', minute: '2-digit' }),
    time_secs: say({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
    ago: ago(seconds),
  };
  return format.replaceAll(/\{(\w+?)(_pretty)?\}/g, (all, name, isPretty) => (isPretty && pretty ? pretty : (forms[name] ?? all)));
}

export function ago(seconds) {
  const past = Math.round(Date.now() / 1000 - seconds);
  if (past < 60) return 'just now';
  if (past < 3600) return `${Math.floor(past / 60)} min ago`;
  return past < 86_400 ? `${Math.floor(past / 3600)} h ago` : `${Math.floor(past / 86_400)} d ago`;
}
