/** A literal that cannot be read. */
export class LiteralError extends Error {}

const UNIT_MS = { y: 365 * 86_400_000, w: 7 * 86_400_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000, ms: 1 } as const;
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/** Milliseconds of `1h30m`, `5m`, `250ms`; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  const found = DURATION.exec(text);
  if (!found || text === '') return undefined;
  return Object.values(UNIT_MS).reduce((sum, unit, index) => sum + unit * Number(found[index + 1] ?? 0), 0);
}

/** A number as Go reads it: decimal, 0x hexadecimal, octal with a leading 0, Inf, NaN; an optional sign. */
export function parseNumber(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]\s*/, '').toLowerCase();
  if (body === 'inf') return sign * Number.POSITIVE_INFINITY;
  if (body === 'nan') return Number.NaN;
  if (/^0[0-7]+$/.test(body)) return sign * Number.parseInt(body, 8);
  const value = Number(body);
  if (Number.isNaN(value)) throw new LiteralError(`bad number or duration syntax: ${JSON.stringify(text)}`);
  return sign * value;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  '"': '"',
  "'": "'",
};
const ESCAPE = /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3})|([\s\S]))/g;

/** The text that a quoted literal stands for; Go's escapes within ' and ", none within `. */
export function unquote(literal: string): string {
  const quote = literal[0];
  if (literal.length < 2 || literal.at(-1) !== quote) throw new LiteralError('unterminated quoted string');
  const body = literal.slice(1, -1);
  if (quote === '`') return body;
  if (body.includes('\n')) throw new LiteralError('unterminated quoted string');
  return body.replace(ESCAPE, (whole, hex2, hex4, hex8, octal, simple) => {
    if (typeof simple === 'string') return unescapeSimple(simple, quote);
    const code = typeof octal === 'string' ? Number.parseInt(octal, 8) : Number.parseInt(hex2 ?? hex4 ?? hex8, 16);
    if (code > 0x10ffff) throw new LiteralError(`escape sequence is an invalid Unicode code point: ${whole}`);
    return String.fromCodePoint(code);
  });
}

function unescapeSimple(character: string, quote: string | undefined): string {
  const replacement = SIMPLE_ESCAPES[character];
  const foreignQuote = (character === '"' || character === "'") && character !== quote;
  if (replacement === undefined || foreignQuote) throw new LiteralError(`unknown escape sequence ${JSON.stringify(character)}`);
  return replacement;
}
