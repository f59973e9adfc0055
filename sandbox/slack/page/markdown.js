import { h } from './dom.js';
import { mrkdwn } from './mrkdwn.js';

/** The part of Markdown that operational texts use: headings, lists, fences, tables; inline marks through mrkdwn. */
export function markdown(text) {
  const nodes = [];
  const lines = text.split('\n');
  while (lines.length > 0) {
    const line = lines.shift();
    if (line.startsWith('```')) nodes.push(h('pre', {}, take(lines, (next) => !next.startsWith('```'), true).join('\n')));
    else if (/^#{1,6} /.test(line)) nodes.push(h('h4', {}, inline(line.replace(/^#+ /, ''))));
    else if (/^\s*[-*] /.test(line)) nodes.push(list('ul', [line, ...take(lines, (next) => /^\s*[-*] /.test(next))]));
    else if (/^\s*\d+\. /.test(line)) nodes.push(list('ol', [line, ...take(lines, (next) => /^\s*\d+\. /.test(next))]));
    else if (line.startsWith('|')) nodes.push(table([line, ...take(lines, (next) => next.startsWith('|'))]));
    else if (line.trim() !== '') nodes.push(h('p', {}, inline(line)));
  }
  return nodes;
}

function take(lines, fits, dropNext = false) {
  const taken = [];
  while (lines.length > 0 && fits(lines[0])) taken.push(lines.shift());
  if (dropNext) lines.shift();
  return taken;
}

function list(tag, lines) {
  return h(
    tag,
    {},
    lines.map((line) => h('li', {}, inline(line.replace(/^\s*([-*]|\d+\.) /, '')))),
  );
}

function table(lines) {
  const rows = lines.filter((line) => !/^\|[\s:|-]+\|?$/.test(line)).map((line) => line.replace(/^\||\|$/g, '').split('|'));
  return h(
    'table',
    {},
    rows.map((row, index) =>
      h(
        'tr',
        {},
        row.map((cell) => h(index === 0 ? 'th' : 'td', {}, inline(cell.trim()))),
      ),
    ),
  );
}

function inline(text) {
  const marked = text.replaceAll(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, '<$2|$1>').replaceAll(/(?<!\*)\*(?!\*)([^*]+)\*(?!\*)/g, '_$1_');
  return mrkdwn(marked.replaceAll(/\*\*([^*]+)\*\*/g, '*$1*').replaceAll(/~~([^~]+)~~/g, '~$1~'));
}
