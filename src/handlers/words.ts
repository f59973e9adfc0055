import { escapeShort } from '../slack/render/text.ts';

/**
 * Splits what was typed after a command into words. Quotation marks keep words together where they begin a word or stand after "=";
 * telephones make curly ones, in the manner of their language and not always in pairs, and long dashes of "--". What is pasted as
 * code loses its backticks. Total: a mark that is never closed is a character like any other.
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(WORD)) {
    const [, name = '', quoted] = QUOTED.exec(word) ?? [];
    words.push(quoted === undefined ? unadorned(word) : `${name}${quoted.slice(1, -1)}`);
  }
  return words.filter((word) => word !== '');
}

/** One dash or a long one stands for the two that begin a flag. */
function unadorned(word: string): string {
  return word.replaceAll(/^`+|`+$/g, '').replace(/^(?:-|[–—]+)(?=\p{L}{2})/u, '--');
}

/** Those of a kind first, so that other kinds may stand between them. */
const MARKS = [`"[^"]*"`, '“[^“”"]*”', `'[^']*'`, '‘[^‘]*’', `["“”„«»][^"“”„«»]*["“”„«»]`, `['‘’‚][^'‘’‚]*['‘’]`].join('|');
/** Either something quoted, with what stands before its "=", or anything up to white space. */
const WORD = new RegExp(`(?:[^\\s="“”„«»'‘’‚]*=)?(?:${MARKS})(?!\\S)|\\S+`, 'gu');
const QUOTED = new RegExp(`^([^\\s="“”„«»'‘’‚]*=)?(${MARKS})$`, 'su');

/** A word as it is typed, so that it is read as one: what splitWords takes apart. */
export function typeWord(word: string): string {
  const [, name = '', value = ''] = /^([^\s="“”„«»'‘’‚]+=)?(.*)$/su.exec(word) ?? [];
  return value === '' || /[\s"“”„«»'‘’‚]/u.test(value) ? `${name}"${value.replaceAll(/["“”„«»]/gu, "'")}"` : word;
}

const LONGEST_ECHO = 60;

/** What was typed, safe between backticks: no markup, no end of the code, not too long. */
export function echo(text: string, longest = LONGEST_ECHO): string {
  return escapeShort(text.replaceAll('`', "'"), longest);
}

/** Text that Slack wrote for its own purposes, as it was typed: `&amp;` for "&", and addresses in angle brackets. */
export function unescapeTyped(text: string): string {
  return text
    .replaceAll(/<(https?:[^|>\s]+)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
