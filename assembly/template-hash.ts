import {
  APOSTROPHE,
  byteAt,
  COLON,
  DASH,
  DOT,
  digits,
  equal,
  hexLetters,
  indexOf,
  isDigit,
  letters,
  QUOTE,
  SPACE,
  UNDERSCORE,
} from './bytes';

/**
 * A fingerprint of text without its variables: two texts have the same one where `withoutVariables` makes them the same.
 * 53 bits, so that thousands of groups do not meet by chance.
 */

let state: u64 = 0;

/** Odd, and with about as many bits set as not. */
const FACTOR: u64 = ((<u64>0xd6e8feb8) << 32) | 0x6659fd93;
const PRECISE_BITS: u64 = 53;

export function reset(): void {
  state = FACTOR;
}

/** A whole number, as the other side reads it: one that a double holds. */
export function value(): f64 {
  return <f64>(state >> (64 - PRECISE_BITS));
}

function mix(bits: u64): void {
  state = (state ^ bits) * FACTOR;
  state ^= state >> 32;
}

/** Something that is no text: a level, a border between parts. Eight bytes of text are never this. */
export function mark(what: u32): void {
  mix(~(<u64>what));
}

export const ID_MARK: u32 = 1;
export const ADDRESS_MARK: u32 = 2;
export const NUMBER_MARK: u32 = 3;
export const TEXT_MARK: u32 = 4;
const LITERAL_MARK: u32 = 32;

// What variableAt found last.
let found: u32 = 0;
let foundEnd: usize = 0;

export function add(start: usize, end: usize): void {
  let literal = start;
  let at = start;
  while (at < end) {
    at = nextCandidate(start, at, end);
    if (at >= end) break;
    if (variableAt(at, end)) {
      addLiteral(literal, at);
      mark(found);
      literal = foundEnd;
      at = foundEnd;
    } else at++;
  }
  addLiteral(literal, end);
}

/** Text that stays: eight bytes at a time, then how many were left over, and those. */
function addLiteral(start: usize, end: usize): void {
  if (start >= end) return;
  let at = start;
  for (; at + 8 <= end; at += 8) mix(load<u64>(at));
  const left = <u64>(end - at);
  if (left > 0) mix(load<u64>(at) & (((<u64>1) << (left << 3)) - 1));
  mark(LITERAL_MARK + <u32>left);
}

/** Where a variable may begin, at `from` or later: at a quote, a digit or a letter of a hexadecimal number that no word goes on into. */
function nextCandidate(start: usize, from: usize, end: usize): usize {
  for (let at = from; at < end; at += 16) {
    const bytes = v128.load(at);
    const words = i8x16.bitmask(v128.or(v128.or(letters(bytes), digits(bytes)), equal(bytes, UNDERSCORE)));
    const quotes = v128.or(equal(bytes, QUOTE), equal(bytes, APOSTROPHE));
    const first = i8x16.bitmask(v128.or(v128.or(digits(bytes), hexLetters(bytes)), quotes));
    const goesOn = at > start && isWord(byteAt(at - 1)) ? 1 : 0;
    const candidates = first & ~((words << 1) | goesOn);
    if (candidates !== 0) return at + ctz(candidates);
  }
  return end;
}

function isWord(code: u32): bool {
  return (code | 32) - 97 < 26 || isDigit(code) || code === UNDERSCORE;
}

function isWordAt(at: usize, end: usize): bool {
  return at < end && isWord(byteAt(at));
}

function isDigitAt(at: usize, end: usize): bool {
  return at < end && isDigit(byteAt(at));
}

function isVariable(what: u32, end: usize): bool {
  found = what;
  foundEnd = end;
  return true;
}

/** Whether a variable begins here. */
function variableAt(at: usize, end: usize): bool {
  const code = byteAt(at);
  if (code === QUOTE || code === APOSTROPHE) {
    const close = indexOf(code, at + 1, end);
    return close < end && isVariable(TEXT_MARK, close + 1);
  }
  if (isGuid(at, end)) return isVariable(ID_MARK, at + 36);
  return isDigit(code) && numberAt(at, end);
}

function isGuid(at: usize, end: usize): bool {
  if (at + 36 > end || byteAt(at + 8) !== DASH || isWordAt(at + 36, end)) return false;
  return isPartOfGuid(at, (1 << 8) | (1 << 13)) && isPartOfGuid(at + 16, (1 << 2) | (1 << 7)) && isPartOfGuid(at + 20, 1 << 3);
}

/** Whether sixteen bytes are dashes at these places, and hexadecimal elsewhere. */
function isPartOfGuid(at: usize, dashes: i32): bool {
  const bytes = v128.load(at);
  if (i8x16.bitmask(equal(bytes, DASH)) !== dashes) return false;
  return i8x16.bitmask(v128.or(digits(bytes), hexLetters(bytes))) === (~dashes & 0xffff);
}

function numberAt(at: usize, end: usize): bool {
  const whole = digitsEnd(at, end);
  const address = addressEnd(at, whole, end);
  if (address !== 0) return isVariable(ADDRESS_MARK, address);
  if (whole - at === 5 && whole + 1 < end && byteAt(whole) === COLON && byteAt(whole + 1) === SPACE) return false;
  if (whole < end && byteAt(whole) === DOT && isDigitAt(whole + 1, end)) {
    const fraction = digitsEnd(whole + 1, end);
    return isVariable(NUMBER_MARK, isWordAt(fraction, end) ? whole : fraction);
  }
  return !isWordAt(whole, end) && isVariable(NUMBER_MARK, whole);
}

function digitsEnd(at: usize, end: usize): usize {
  let next = at;
  while (isDigitAt(next, end)) next++;
  return next;
}

/** The end of four short numbers with dots between them, and of a port; the first of them ends at `whole`. 0: there is none. */
function addressEnd(at: usize, whole: usize, end: usize): usize {
  if (whole - at > 3) return 0;
  let next = whole;
  for (let part = 1; part < 4; part++) {
    if (next >= end || byteAt(next) !== DOT) return 0;
    next++;
    const after = digitsEnd(next, end);
    if (after === next || after - next > 3) return 0;
    next = after;
  }
  if (isWordAt(next, end)) return 0;
  if (next >= end || byteAt(next) !== COLON || !isDigitAt(next + 1, end)) return next;
  const port = digitsEnd(next + 1, end);
  return isWordAt(port, end) ? next : port;
}
