/**
 * Splits what was typed after a command into words. Quotation marks keep words together where they begin a word or stand after "=";
 * telephones make curly ones, and long dashes of "--". Total: a mark that is never closed is a character like any other.
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const [word] of text.matchAll(WORD)) {
    const [, name = '', quoted] = QUOTED.exec(word) ?? [];
    words.push(quoted === undefined ? word.replace(/^[–—]+(?=\p{L})/u, '--') : `${name}${quoted.slice(1, -1)}`);
  }
  return words;
}

const MARKS = `"[^"]*"|“[^”]*”|'[^']*'|‘[^’]*’`;
/** Either something quoted, with what stands before its "=", or anything up to white space. */
const WORD = new RegExp(`(?:[^\\s="“”'‘’]*=)?(?:${MARKS})(?!\\S)|\\S+`, 'gu');
const QUOTED = new RegExp(`^([^\\s="“”'‘’]*=)?(${MARKS})$`, 'su');

/** Text that Slack wrote for its own purposes, as it was typed: `&amp;` for "&", and addresses in angle brackets. */
export function unescapeTyped(text: string): string {
  return text
    .replaceAll(/<(https?:[^|>\s]+)(?:\|[^>]*)?>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
