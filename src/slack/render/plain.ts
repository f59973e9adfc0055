import type { KnownBlock } from '@slack/types';

/** Blocks as lines for a terminal: all of their text, nothing of their buttons. `nameOf`: a Slack user id in words, where it is known. */
export function plainText(blocks: readonly KnownBlock[], nameOf: (user: string) => string | undefined): string {
  return blocks
    .flatMap((block) => textsOf(block))
    .map((text) => plainWords(text, nameOf))
    .join('\n');
}

function textsOf(block: KnownBlock): string[] {
  switch (block.type) {
    case 'header':
      return [block.text.text, '='.repeat(Math.min(block.text.text.length, 80))];
    case 'section':
      return [block.text?.text ?? '', ...(block.fields ?? []).map(({ text }) => text)].filter((text) => text !== '');
    case 'context':
      return block.elements.flatMap((element) => ('text' in element ? [element.text] : []));
    case 'rich_text':
      return block.elements.flatMap((part) => ('elements' in part ? [wordsOf(part.elements)] : []));
    default:
      return [];
  }
}

function wordsOf(elements: readonly unknown[]): string {
  return elements
    .map((element) => (typeof element === 'object' && element !== null && 'text' in element ? String(element.text) : ''))
    .join('');
}

/** mrkdwn without its markup. Escapes are undone last, so that what looked like markup in data stays data. */
export function plainWords(text: string, nameOf: (user: string) => string | undefined): string {
  return text
    .replaceAll(/<@([UW][A-Z0-9]+)>/g, (_, user: string) => `@${nameOf(user) ?? user}`)
    .replaceAll(/<!subteam\^(S[A-Z0-9]+)>/g, 'group $1')
    .replaceAll(/<#(C[A-Z0-9]+)(?:\|[^>]*)?>/g, 'channel $1')
    .replaceAll(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
    .replaceAll(/<(https?:[^|>]*)\|([^>]*)>/g, '$2 ($1)')
    .replaceAll(/<(https?:[^>]*)>/g, '$1')
    .replaceAll(/\*([^*\n]+)\*/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
