/**
 * What varies from one message to the next is taken out, so that the same message is one message: ids, addresses, numbers
 * and quoted text. A five-digit number before a colon stays: PostgreSQL's error codes look like that, and tell errors apart.
 */

const GUID = '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}';
const ADDRESS = '\\d{1,3}(?:\\.\\d{1,3}){3}(?::\\d+)?';
const VARIABLE = new RegExp(
  `(?<![A-Za-z0-9_])(?:(${GUID})(?![A-Za-z0-9_])|(${ADDRESS})(?![A-Za-z0-9_])|(\\d{5}(?=: ))|(\\d+(?:\\.\\d+)?)(?![A-Za-z0-9_])|("[^"]*"|'[^']*'))`,
  'g',
);

/** The message as people read it, with placeholders. */
export function withoutVariables(message: string): string {
  return message.replace(VARIABLE, (whole, id?: string, address?: string, code?: string, number?: string) => {
    if (id !== undefined) return '<id>';
    if (address !== undefined) return '<address>';
    if (code !== undefined) return whole;
    return number === undefined ? '<text>' : '<n>';
  });
}

const LETTER = 1;
const DIGIT = 2;
const QUOTE = 4;
const HEX = 8;
const WORD = LETTER | DIGIT;
const KINDS = new Uint8Array(256);
for (let code = 0; code < 128; code++) {
  const text = String.fromCharCode(code);
  const word = /[A-Za-z_]/.test(text) ? LETTER : /\d/.test(text) ? DIGIT : /["']/.test(text) ? QUOTE : 0;
  KINDS[code] = word | (/[0-9a-fA-F]/.test(text) ? HEX : 0);
}
const kindAt = (bytes: Uint8Array, at: number): number => KINDS[bytes[at] ?? 0] ?? 0;
const isWord = (bytes: Uint8Array, at: number, end: number): boolean => at < end && (kindAt(bytes, at) & WORD) !== 0;
const isDigit = (bytes: Uint8Array, at: number, end: number): boolean => at < end && (kindAt(bytes, at) & DIGIT) !== 0;

const ID_MARK = 1;
const ADDRESS_MARK = 2;
const NUMBER_MARK = 3;
const TEXT_MARK = 4;
const COLON = 58;
const DOT = 46;
const DASH = 45;
const SPACE = 32;

/**
 * A fingerprint of text without its variables, straight from bytes: two texts have the same one where
 * {@link withoutVariables} makes them the same. 53 bits, so that thousands of groups do not meet by chance.
 */
export class TemplateHash {
  #low = 0;
  #high = 0;

  reset(): void {
    this.#low = 0x811c9dc5;
    this.#high = 0x2f6b3a1d;
  }

  get value(): number {
    return (this.#high >>> 11) * 0x1_0000_0000 + (this.#low >>> 0);
  }

  /** Something that is no text: a level, a border between parts. */
  mark(value: number): void {
    this.#low = Math.imul(this.#low ^ (value + 256), 0x01000193);
    this.#high = Math.imul(this.#high ^ (value + 256), 0x5bd1e995) ^ (this.#high >>> 15);
  }

  add(bytes: Uint8Array, start: number, end: number): void {
    let low = this.#low;
    let high = this.#high;
    let inWord = false;
    let at = start;
    while (at < end) {
      const code = bytes[at] ?? 0;
      const kind = KINDS[code] ?? 0;
      let mixed = code;
      let next = at + 1;
      if (!inWord && (kind & (DIGIT | QUOTE | HEX)) !== 0) {
        const found = variableAt(bytes, at, end, kind);
        if (found !== 0) {
          mixed = 256 + (found & 7);
          next = found >>> 3;
        }
      }
      low = Math.imul(low ^ mixed, 0x01000193);
      high = Math.imul(high ^ mixed, 0x5bd1e995) ^ (high >>> 15);
      inWord = mixed > 255 ? mixed !== 256 + TEXT_MARK : (kind & WORD) !== 0;
      at = next;
    }
    this.#low = low;
    this.#high = high;
  }
}

/** Where the variable ends that begins here, times eight, plus what it is; 0: none begins here. */
function variableAt(bytes: Uint8Array, at: number, end: number, kind: number): number {
  if ((kind & QUOTE) !== 0) return quotedAt(bytes, at, end);
  if (isGuid(bytes, at, end)) return (at + 36) * 8 + ID_MARK;
  return (kind & DIGIT) === 0 ? 0 : numberAt(bytes, at, end);
}

function quotedAt(bytes: Uint8Array, at: number, end: number): number {
  const quote = bytes[at];
  for (let close = at + 1; close < end; close++) if (bytes[close] === quote) return (close + 1) * 8 + TEXT_MARK;
  return 0;
}

function isGuid(bytes: Uint8Array, at: number, end: number): boolean {
  if (at + 36 > end || bytes[at + 8] !== DASH || isWord(bytes, at + 36, end)) return false;
  for (let offset = 0; offset < 36; offset++) {
    const dash = offset === 8 || offset === 13 || offset === 18 || offset === 23;
    if (dash ? bytes[at + offset] !== DASH : (kindAt(bytes, at + offset) & HEX) === 0) return false;
  }
  return true;
}

function numberAt(bytes: Uint8Array, at: number, end: number): number {
  const whole = digitsEnd(bytes, at, end);
  const address = addressEnd(bytes, at, end);
  if (address !== 0) return address * 8 + ADDRESS_MARK;
  if (whole - at === 5 && bytes[whole] === COLON && bytes[whole + 1] === SPACE && whole + 1 < end) return 0;
  if (bytes[whole] === DOT && isDigit(bytes, whole + 1, end)) {
    const fraction = digitsEnd(bytes, whole + 1, end);
    return (isWord(bytes, fraction, end) ? whole : fraction) * 8 + NUMBER_MARK;
  }
  return isWord(bytes, whole, end) ? 0 : whole * 8 + NUMBER_MARK;
}

function digitsEnd(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  while (isDigit(bytes, next, end)) next++;
  return next;
}

/** The end of four short numbers with dots between them, and of a port; 0: there is none. */
function addressEnd(bytes: Uint8Array, at: number, end: number): number {
  let next = at;
  for (let part = 0; part < 4; part++) {
    if (part > 0) {
      if (next >= end || bytes[next] !== DOT) return 0;
      next++;
    }
    const after = digitsEnd(bytes, next, end);
    if (after === next || after - next > 3) return 0;
    next = after;
  }
  if (isWord(bytes, next, end)) return 0;
  if (next >= end || bytes[next] !== COLON || !isDigit(bytes, next + 1, end)) return next;
  const port = digitsEnd(bytes, next + 1, end);
  return isWord(bytes, port, end) ? next : port;
}
