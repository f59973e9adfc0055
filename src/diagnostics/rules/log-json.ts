import { startsWith } from './log-bytes.ts';
import { LONGEST_LEVEL, levelOf } from './log-level.ts';

/**
 * One line of JSON as .NET loggers write it: Serilog's compact format (@…), Serilog's JsonFormatter, and Microsoft's JSON
 * console. Only the fields that matter are looked at, from the left, and no further than needed: a line that was cut off
 * tells as much as it still holds.
 */

/** Where a string value stands in the bytes, its quotes left out. */
export interface Span {
  start: number;
  end: number;
}

const span = (): Span => ({ start: 0, end: 0 });

/** What a line of JSON says; spans whose end is 0 are not there. */
export class JsonLine {
  /** The word of the level; empty: the line has none, which means that it is informational. */
  level = '';
  /** The message or its template, whichever stands first; null: neither was found. */
  first: Span | null = null;
  readonly message = span();
  /** The message before its variables were filled in. */
  readonly template = span();
  readonly exception = span();
  readonly category = span();

  reset(): void {
    this.level = '';
    this.first = null;
    for (const field of [this.message, this.template, this.exception, this.category]) field.end = 0;
  }
}

type Field = 'level' | 'message' | 'template' | 'exception' | 'category' | 'properties';
const FIELDS: ReadonlyMap<string, Field> = new Map([
  ['@l', 'level'],
  ['Level', 'level'],
  ['LogLevel', 'level'],
  ['level', 'level'],
  ['@m', 'message'],
  ['RenderedMessage', 'message'],
  ['Message', 'message'],
  ['message', 'message'],
  ['@mt', 'template'],
  ['MessageTemplate', 'template'],
  ['@x', 'exception'],
  ['Exception', 'exception'],
  ['SourceContext', 'category'],
  ['Category', 'category'],
  ['Properties', 'properties'],
] as const);
/** Fields by length, first and last letter, so that keys are told apart without making strings of them. */
const BY_SHAPE = new Map<number, readonly { readonly name: Buffer; readonly field: Field }[]>();
for (const [name, field] of FIELDS) {
  const bytes = Buffer.from(name);
  const shape = shapeOf(bytes, 0, bytes.length);
  BY_SHAPE.set(shape, [...(BY_SHAPE.get(shape) ?? []), { name: bytes, field }]);
}

function shapeOf(bytes: Buffer, start: number, end: number): number {
  return ((end - start) << 16) | ((bytes[start] ?? 0) << 8) | (bytes[end - 1] ?? 0);
}

const QUOTE = 34;
const AT_SIGN = 64;
const BACKSLASH = 92;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const COLON = 58;
const COMMA = 44;

/**
 * Reads the fields of the line from `start` (at its brace) to `end`.
 * @param stop asked after each field: true ends the reading
 * @returns whether it is a message at all
 */
export function readJson(
  bytes: Buffer,
  start: number,
  end: number,
  into: JsonLine,
  stop: (line: JsonLine, bytes: Buffer) => boolean,
): boolean {
  into.reset();
  let at = start + 1;
  let inProperties = false;
  let compact = false;
  let found = false;
  while (at < end) {
    const code = bytes[at] ?? 0;
    if (code === CLOSE_BRACE) {
      if (!inProperties) break;
      inProperties = false;
      at++;
      continue;
    }
    if (code !== QUOTE) {
      if (code !== COMMA && code > 32) break; // no JSON of a logger
      at++;
      continue;
    }
    const keyEnd = stringEnd(bytes, at + 1, end);
    const named = fieldOf(bytes, at + 1, keyEnd);
    const reserved = bytes[at + 1] === AT_SIGN;
    compact ||= reserved;
    // names without @ are the event's own in the compact format, whatever they are called
    const field = compact && !reserved && named !== 'category' ? undefined : named;
    at = valueStart(bytes, keyEnd + 1, end);
    if (at >= end) break;
    if (field === 'properties' && !inProperties && bytes[at] === OPEN_BRACE) {
      inProperties = true;
      at++;
      continue;
    }
    const isText = bytes[at] === QUOTE;
    const valueEnd = isText ? stringEnd(bytes, at + 1, end) : otherEnd(bytes, at, end);
    if (isText && field !== undefined && take(bytes, at + 1, Math.min(valueEnd, end), field, inProperties, into)) {
      found = true;
      if (stop(into, bytes)) break;
    }
    at = valueEnd + (isText ? 1 : 0);
  }
  return found;
}

function fieldOf(bytes: Buffer, start: number, end: number): Field | undefined {
  const found = BY_SHAPE.get(shapeOf(bytes, start, end));
  return found?.find(({ name }) => startsWith(bytes, start, end, name))?.field;
}

const INFORMATION = Buffer.from('Information');

/** The first of several fields that mean the same counts. */
function take(bytes: Buffer, start: number, end: number, field: Field, inProperties: boolean, into: JsonLine): boolean {
  if (field === 'properties' || (inProperties && field !== 'category')) return false;
  if (field === 'level') {
    if (into.level !== '') return false;
    into.level = wordOf(bytes, start, end);
    return true;
  }
  const target = into[field];
  if (target.end !== 0) return false;
  target.start = start;
  target.end = end;
  if (field === 'message' || field === 'template') into.first ??= target;
  return true;
}

/** The word of a level; one that nobody knows is informational. */
function wordOf(bytes: Buffer, start: number, end: number): string {
  if (end - start === INFORMATION.length && startsWith(bytes, start, end, INFORMATION)) return 'Information';
  const word = bytes.toString('latin1', start, Math.min(end, start + LONGEST_LEVEL + 1));
  return levelOf(word) === undefined ? 'Information' : word;
}

/** The closing quote, or `end` where the line was cut off before it. */
function stringEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const code = bytes[at];
    if (code === QUOTE) return at;
    at += code === BACKSLASH ? 2 : 1;
  }
  return end;
}

function valueStart(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && ((bytes[at] ?? 0) <= 32 || bytes[at] === COLON)) at++;
  return at;
}

/** The end of a number, a word, an object or a list. */
function otherEnd(bytes: Buffer, start: number, end: number): number {
  let depth = 0;
  let at = start;
  while (at < end) {
    const code = bytes[at];
    if (code === QUOTE) at = stringEnd(bytes, at + 1, end);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (code === COMMA && depth === 0) return at;
    at++;
  }
  return end;
}

const LINE_BREAK = 110; // \n
const SHORT_ESCAPES: ReadonlyMap<number, number> = new Map([
  [98, 8],
  [102, 12],
  [116, 9],
  [114, 13],
]);
const UNICODE = 117;

export function hasEscapes(bytes: Buffer, { start, end }: Span): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === BACKSLASH) return true;
  return false;
}

/** The text of a string value, line by line, escapes resolved into `scratch`. */
export class JsonText {
  readonly #scratch: Buffer;
  #at = 0;
  #end = 0;
  #bytes: Buffer;
  /** Bytes of the present line in the scratch. */
  length = 0;

  constructor(scratch: Buffer) {
    this.#scratch = scratch;
    this.#bytes = scratch;
  }

  open(bytes: Buffer, value: Span, longest: number): void {
    this.#bytes = bytes;
    this.#at = value.start;
    this.#end = Math.min(value.end, value.start + longest);
  }

  /** Reads the next line; false: there is none. What does not fit into the scratch is left out. */
  next(): boolean {
    if (this.#at > this.#end || this.#at === -1) return false;
    if (this.#at === this.#end) {
      this.#at = -1;
      this.length = 0;
      return true;
    }
    const bytes = this.#bytes;
    const scratch = this.#scratch;
    const room = scratch.length - 4;
    let length = 0;
    let at = this.#at;
    while (at < this.#end) {
      const code = bytes[at] ?? 0;
      if (code !== BACKSLASH) {
        at++;
        if (length < room) scratch[length++] = code;
        continue;
      }
      const letter = bytes[at + 1] ?? 0;
      at += 2;
      if (letter === LINE_BREAK) {
        this.#at = at;
        this.length = length;
        return true;
      }
      if (length >= room) continue;
      if (letter === UNICODE) {
        const { text, next } = unicode(bytes, at);
        length += scratch.write(text, length, 'utf8');
        at = next;
      } else scratch[length++] = SHORT_ESCAPES.get(letter) ?? letter;
    }
    this.#at = -1;
    this.length = length;
    return true;
  }
}

function unicode(bytes: Buffer, at: number): { text: string; next: number } {
  const first = codeUnit(bytes, at);
  const pair = (first & 0xfc00) === 0xd800 && bytes[at + 4] === BACKSLASH && bytes[at + 5] === UNICODE;
  const second = pair ? codeUnit(bytes, at + 6) : 0;
  if ((second & 0xfc00) === 0xdc00) return { text: String.fromCharCode(first, second), next: at + 10 };
  return { text: String.fromCharCode(first), next: at + 4 };
}

const codeUnit = (bytes: Buffer, at: number) => Number.parseInt(bytes.toString('latin1', at, at + 4), 16) || 0xfffd;
