import type { Found } from './assignments.ts';

/** Letters of the beginning that are decoded to see whether there is text at all. */
const PROBE = 24;

/**
 * Base64 that holds a secret, such as a whole configuration file in a Kubernetes object. Where one is inside, all of it is taken.
 * @param runs start and end in turn of long runs of letters of base64
 * @param look says whether a text holds a secret
 */
export function findEncoded(text: string, runs: readonly number[], look: (decoded: string) => boolean): Found[] {
  const found: Found[] = [];
  for (let index = 0; index < runs.length; index += 2) {
    const start = runs[index] ?? 0;
    const end = runs[index + 1] ?? start;
    if (!isText(decode(text.slice(start, start + PROBE)))) continue;
    const decoded = decode(text.slice(start, end));
    if (isText(decoded) && look(decoded)) found.push({ kind: 'encoded-secret', start, end: end + paddingAt(text, end) });
  }
  return found;
}

function paddingAt(text: string, end: number): number {
  return text.startsWith('==', end) ? 2 : text.startsWith('=', end) ? 1 : 0;
}

/** Of either alphabet, as bytes, a letter each. */
const decode = (run: string) => Buffer.from(run, 'base64').toString('latin1');

/** Whether it is what people and programs write: hashes and pictures are not. */
function isText(decoded: string): boolean {
  return decoded !== '' && /^[\t\n\r\x20-\x7e\x80-\xff]*$/.test(decoded) && !/[\x80-\xff]{4}/.test(decoded) && /[A-Za-z]{3}/.test(decoded);
}
