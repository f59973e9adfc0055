/** Bytes in the memory, and how they are looked at: sixteen at a time where the place of one is sought. */

/** No more of a log is looked at at once: what has come and is not yet a whole message. */
export const ROOM: i32 = 256 * 1024;
/** Beyond the room, as what looks at several bytes at once looks behind the last of them. */
const SLACK: i32 = 128;
/** Where the bytes of the log stand. */
export const INPUT = memory.data(ROOM + SLACK);

export const TAB: u32 = 9;
export const NEW_LINE: u32 = 10;
export const CARRIAGE_RETURN: u32 = 13;
export const SPACE: u32 = 32;
export const QUOTE: u32 = 34;
export const APOSTROPHE: u32 = 39;
export const OPEN_PARENTHESIS: u32 = 40;
export const PLUS: u32 = 43;
export const COMMA: u32 = 44;
export const DASH: u32 = 45;
export const DOT: u32 = 46;
export const COLON: u32 = 58;
export const LESS_THAN: u32 = 60;
export const GREATER_THAN: u32 = 62;
export const AT_SIGN: u32 = 64;
export const OPEN_BRACKET: u32 = 91;
export const BACKSLASH: u32 = 92;
export const CLOSE_BRACKET: u32 = 93;
export const UNDERSCORE: u32 = 95;
export const BACKTICK: u32 = 96;
export const OPEN_BRACE: u32 = 123;
export const CLOSE_BRACE: u32 = 125;

export function byteAt(at: usize): u32 {
  return load<u8>(at);
}

export function isDigit(code: u32): bool {
  return code - 48 <= 9;
}

/** Whether two digits stand there. */
export function isPair(at: usize): bool {
  return isDigit(byteAt(at)) && isDigit(byteAt(at + 1));
}

/** Whether the bytes from `start`, and not beyond `end`, begin with that text, which is ASCII. */
export function startsWith(start: usize, end: usize, text: string): bool {
  if (<i32>(end - start) < text.length) return false;
  for (let offset = 0; offset < text.length; offset++) if (byteAt(start + offset) !== text.charCodeAt(offset)) return false;
  return true;
}

/** Where that byte stands first; `end`: nowhere before it. */
export function indexOf(code: u32, start: usize, end: usize): usize {
  for (let at = start; at < end; at += 64) {
    const first = equal(v128.load(at), code);
    const second = equal(v128.load(at, 16), code);
    const third = equal(v128.load(at, 32), code);
    const fourth = equal(v128.load(at, 48), code);
    if (!v128.any_true(v128.or(v128.or(first, second), v128.or(third, fourth)))) continue;
    const low = i8x16.bitmask(first) | (i8x16.bitmask(second) << 16);
    const high = i8x16.bitmask(third) | (i8x16.bitmask(fourth) << 16);
    return min(low !== 0 ? at + ctz(low) : at + 32 + ctz(high), end);
  }
  return end;
}

/** Where the first of two bytes stands; `end`: neither stands before it. */
export function indexOfEither(code: u32, other: u32, start: usize, end: usize): usize {
  for (let at = start; at < end; at += 16) {
    const bytes = v128.load(at);
    const hits = i8x16.bitmask(v128.or(equal(bytes, code), equal(bytes, other)));
    if (hits !== 0) return min(at + ctz(hits), end);
  }
  return end;
}

// Which of sixteen bytes are of a kind.
export function letters(bytes: v128): v128 {
  return within(lowerCased(bytes), 97, 26);
}

export function digits(bytes: v128): v128 {
  return within(bytes, 48, 10);
}

export function hexLetters(bytes: v128): v128 {
  return within(lowerCased(bytes), 97, 6);
}

export function equal(bytes: v128, code: u32): v128 {
  return i8x16.eq(bytes, i8x16.splat(<i8>code));
}

function lowerCased(bytes: v128): v128 {
  return v128.or(bytes, i8x16.splat(32));
}

/** One of `count` in a row, from `first` on. */
function within(bytes: v128, first: i32, count: i32): v128 {
  return i8x16.lt_u(i8x16.sub(bytes, i8x16.splat(<i8>first)), i8x16.splat(<i8>count));
}

function isBlank(code: u32): bool {
  return code === SPACE || code === TAB || code === CARRIAGE_RETURN;
}

/** Where the text begins behind spaces. */
export function trimmedStart(start: usize, end: usize): usize {
  let at = start;
  while (at < end && isBlank(byteAt(at))) at++;
  return at;
}

/** Where the text ends before spaces and the end of the line. */
export function trimmedEnd(start: usize, end: usize): usize {
  let at = end;
  while (at > start && isBlank(byteAt(at - 1))) at--;
  return at;
}
