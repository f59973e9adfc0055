import { BACKSLASH, byteAt, isDigit } from './bytes';

/** The text of a string value of JSON, line by line, escapes resolved. */

/** Of a message's own text, and of each line of its exceptions, this much makes its kind. Bytes. */
export const LONGEST_PART: i32 = 1_024;
const ROOM: i32 = LONGEST_PART + 4;
const SLACK: i32 = 128;
/** Where the present line stands. */
export const LINE = memory.data(ROOM + SLACK);
export let lineEnd: usize = LINE;

const NOTHING_LEFT: usize = 0;
let next: usize = NOTHING_LEFT;
let last: usize = 0;

export function open(start: usize, end: usize): void {
  next = start;
  last = end;
}

export function close(): void {
  next = NOTHING_LEFT;
}

const LETTER_B: u32 = 98;
const LETTER_F: u32 = 102;
const LETTER_N: u32 = 110;
const LETTER_R: u32 = 114;
const LETTER_T: u32 = 116;
const LETTER_U: u32 = 117;

/** Reads the next line; false: there is none. What does not fit into the room is left out. */
export function readLine(): bool {
  if (next === NOTHING_LEFT) return false;
  let to = LINE;
  let at = next;
  next = NOTHING_LEFT;
  while (at < last) {
    const code = byteAt(at);
    const fits = to < LINE + ROOM;
    if (code !== BACKSLASH) {
      at++;
      if (fits) store<u8>(to++, <u8>code);
      continue;
    }
    const letter = byteAt(at + 1);
    at += 2;
    if (letter === LETTER_N) {
      next = at <= last ? at : NOTHING_LEFT;
      break;
    }
    if (letter === LETTER_U) {
      const read = codePointAt(at);
      at += read > 0xffff ? 10 : 4;
      if (fits) to = writeUtf8(read, to);
    } else if (fits) store<u8>(to++, <u8>unescaped(letter));
  }
  lineEnd = to;
  return true;
}

function unescaped(letter: u32): u32 {
  if (letter === LETTER_B) return 8;
  if (letter === LETTER_F) return 12;
  if (letter === LETTER_T) return 9;
  return letter === LETTER_R ? 13 : letter;
}

const REPLACEMENT: u32 = 0xfffd;

/** What the four digits, or the two times four of a pair, stand for. */
function codePointAt(at: usize): u32 {
  const first = codeUnitAt(at);
  if ((first & 0xf800) !== 0xd800) return first;
  if (first >= 0xdc00 || byteAt(at + 4) !== BACKSLASH || byteAt(at + 5) !== LETTER_U) return REPLACEMENT;
  const second = codeUnitAt(at + 6);
  return (second & 0xfc00) === 0xdc00 ? 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00) : REPLACEMENT;
}

function codeUnitAt(at: usize): u32 {
  let unit: u32 = 0;
  for (let digit: usize = 0; digit < 4; digit++) {
    const code = byteAt(at + digit);
    const letter = (code | 32) - 97;
    if (isDigit(code)) unit = unit * 16 + code - 48;
    else if (letter < 6) unit = unit * 16 + letter + 10;
    else return REPLACEMENT;
  }
  return unit === 0 ? REPLACEMENT : unit;
}

function writeUtf8(code: u32, at: usize): usize {
  if (code < 0x80) {
    store<u8>(at, <u8>code);
    return at + 1;
  }
  if (code < 0x800) {
    store<u8>(at, <u8>(0xc0 | (code >> 6)));
    return writeRest(code, 1, at + 1);
  }
  if (code < 0x10000) {
    store<u8>(at, <u8>(0xe0 | (code >> 12)));
    return writeRest(code, 2, at + 1);
  }
  store<u8>(at, <u8>(0xf0 | (code >> 18)));
  return writeRest(code, 3, at + 1);
}

function writeRest(code: u32, bytes: u32, at: usize): usize {
  for (let left = bytes; left > 0; left--) store<u8>(at + bytes - left, <u8>(0x80 | ((code >> ((left - 1) * 6)) & 0x3f)));
  return at + bytes;
}
