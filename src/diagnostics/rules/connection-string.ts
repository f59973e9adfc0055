/**
 * Connection strings as .NET reads them (System.Data.Common.DbConnectionStringBuilder): pairs of keyword=value with semicolons
 * between; keywords in any case; a value may be quoted, with its quotes doubled inside; "==" in a keyword stands for "=".
 * A text may hold a password, so nothing here quotes it back, and there are no errors that could.
 */

interface Setting {
  /** In lower case. */
  readonly keyword: string;
  readonly value: string;
  /** Where it stands in the text: from the keyword to behind its semicolon, and the value with its quotes alone. */
  readonly start: number;
  readonly end: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

/**
 * The pool keyword of Npgsql: its display name, and the name of its property. There is no other, and the words of Npgsql's own
 * error message ("Max Pool Size") are none: the driver stops at a keyword that it does not know.
 */
const POOL_KEYWORDS = new Set(['maximum pool size', 'maxpoolsize']);
const POOL_KEYWORD = 'Maximum Pool Size';
const MEANT_AS_POOL = new Set(['maximumpoolsize', 'maxpoolsize']);

/** What a connection string says of the pool. */
export type PoolSetting =
  | { readonly kind: 'size'; readonly size: number }
  | { readonly kind: 'unset' }
  /** It cannot be told, or not be rewritten, without changing what else it says. `reason` has no value in it. */
  | { readonly kind: 'unreadable'; readonly reason: string };

export function poolSetting(text: string): PoolSetting {
  const settings = parse(text);
  if (settings === undefined) return { kind: 'unreadable', reason: 'it is not written as keyword=value pairs' };
  const mistaken = settings.find(({ keyword }) => MEANT_AS_POOL.has(keyword.replace(/\s/g, '')) && !POOL_KEYWORDS.has(keyword));
  if (mistaken !== undefined) return { kind: 'unreadable', reason: `the driver does not know the keyword "${mistaken.keyword}" in it` };
  const [found, ...others] = settings.filter(isPool);
  if (found === undefined) return { kind: 'unset' };
  if (others.length > 0) return { kind: 'unreadable', reason: 'it gives the pool size more than once' };
  if (!/^\d{1,6}$/.test(found.value)) return { kind: 'unreadable', reason: 'its pool size is not a number' };
  return { kind: 'size', size: Number(found.value) };
}

/**
 * The same connection string with another pool size, or without one (null). Nothing else of the text is touched.
 * @returns undefined where `poolSetting` calls it unreadable.
 */
export function withPoolSize(text: string, size: number | null): string | undefined {
  const settings = parse(text);
  if (settings === undefined || poolSetting(text).kind === 'unreadable') return undefined;
  const found = settings.find(isPool);
  if (found !== undefined)
    return size === null ? cut(text, found) : `${text.slice(0, found.valueStart)}${size}${text.slice(found.valueEnd)}`;
  if (size === null) return text;
  const closed = settings.length === 0 || text.trimEnd().endsWith(';');
  return closed ? `${text}${POOL_KEYWORD}=${size};` : `${text};${POOL_KEYWORD}=${size}`;
}

/** All that it says besides the pool size, as one text that a change of the pool size leaves as it is; undefined where it cannot be read. */
export function withoutPool(text: string): string | undefined {
  const settings = parse(text);
  return settings && JSON.stringify(settings.filter((setting) => !isPool(setting)).map(({ keyword, value }) => [keyword, value]));
}

const isPool = ({ keyword }: Setting) => POOL_KEYWORDS.has(keyword);

/** Without the setting; the last one takes the semicolon before it along. */
function cut(text: string, { start, end }: Setting): string {
  const before = text.slice(0, start);
  const after = text.slice(end);
  return text[end - 1] === ';' || after.trim() !== '' ? before + after : before.replace(/;$/, '') + after;
}

/** Undefined where .NET would not read it either. */
function parse(text: string): Setting[] | undefined {
  const settings: Setting[] = [];
  let at = skip(text, 0, /[\s;]/);
  while (at < text.length) {
    const setting = parseSetting(text, at);
    if (setting === undefined) return undefined;
    settings.push(setting);
    at = skip(text, setting.end, /[\s;]/);
  }
  return settings;
}

function parseSetting(text: string, start: number): Setting | undefined {
  const equals = keywordEnd(text, start);
  if (equals === undefined) return undefined;
  const keyword = text.slice(start, equals).trim().replaceAll('==', '=').toLowerCase();
  const valueStart = skip(text, equals + 1, /\s/);
  const quote = text[valueStart];
  const value = quote === '"' || quote === "'" ? quoted(text, valueStart, quote) : plain(text, valueStart);
  if (keyword === '' || value === undefined) return undefined;
  const next = skip(text, value.end, /\s/);
  if (next < text.length && text[next] !== ';') return undefined;
  return { keyword, value: value.text, start, end: Math.min(text.length, next + 1), valueStart, valueEnd: value.end };
}

function keywordEnd(text: string, start: number): number | undefined {
  for (let at = start; at < text.length; at++) {
    if (text[at] === ';') return undefined;
    if (text[at] !== '=') continue;
    if (text[at + 1] !== '=') return at;
    at++;
  }
  return undefined;
}

function plain(text: string, start: number): { text: string; end: number } {
  const semicolon = text.indexOf(';', start);
  const value = text.slice(start, semicolon < 0 ? text.length : semicolon).trimEnd();
  return { text: value, end: start + value.length };
}

function quoted(text: string, start: number, quote: string): { text: string; end: number } | undefined {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] !== quote) continue;
    if (text[at + 1] !== quote) return { text: text.slice(start + 1, at).replaceAll(quote + quote, quote), end: at + 1 };
    at++;
  }
  return undefined;
}

function skip(text: string, from: number, what: RegExp): number {
  let at = from;
  while (at < text.length && what.test(text.charAt(at))) at++;
  return at;
}
