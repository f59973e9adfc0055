import {
  BACKTICK,
  byteAt,
  CLOSE_BRACKET,
  COLON,
  DASH,
  DOT,
  digits,
  equal,
  GREATER_THAN,
  indexOf,
  isDigit,
  isPair,
  LESS_THAN,
  letters,
  OPEN_BRACE,
  OPEN_BRACKET,
  PLUS,
  SPACE,
  startsWith,
  UNDERSCORE,
} from './bytes';
import { isInformative, mayBeInformative } from './informative';
import * as json from './json';
import { FATAL, INFO, LONGEST_LEVEL, levelOf, NO_LEVEL } from './level';
import { lettersOf } from './words';

/**
 * Whether a line begins a message, and of which level: Serilog's text, Microsoft's console, JSON, and what the .NET runtime
 * itself writes when a process dies. Most lines are decided by their first few bytes.
 */

export const TEXT: i32 = 1;
export const CONSOLE: i32 = 2;
export const JSON_LINE: i32 = 3;
export const CRASH: i32 = 4;

// The parts of the line that began a message last. In JSON category and message are in the module `json`.
export let dialect: i32 = TEXT;
export let level: i32 = INFO;
export let categoryStart: usize = 0;
export let categoryEnd: usize = 0;
export let messageStart: usize = 0;
export let messageEnd: usize = 0;

const LETTER_U: u32 = 85;
const LETTER_Z: u32 = 90;

/** Whether what stands between the digits of a time stands there: 2025-11-23T12:00:00. */
function isTimeShaped(at: usize): bool {
  const shape = i8x16(0, 0, 0, 0, 45, 0, 0, 45, 0, 0, 84, 0, 0, 58, 0, 0);
  const places = (1 << 4) | (1 << 7) | (1 << 10) | (1 << 13);
  return (i8x16.bitmask(i8x16.eq(v128.load(at), shape)) & places) === places && byteAt(at + 16) === COLON;
}

/** Where the text begins behind the time that Kubernetes puts before each line: 2025-11-23T12:00:00.123456789Z. */
export function bodyStart(start: usize, end: usize): usize {
  if (end - start < 20 || !isTimeShaped(start)) return start;
  if (end - start > 30 && byteAt(start + 30) === SPACE && byteAt(start + 29) === LETTER_Z) return start + 31;
  return unusualBodyStart(start, end);
}

/** Fewer digits, another zone, or nothing behind the time. */
function unusualBodyStart(start: usize, end: usize): usize {
  let at = start + 19;
  if (byteAt(at) === DOT) for (at++; at < end && isDigit(byteAt(at)); ) at++;
  if (byteAt(at) === LETTER_Z) at++;
  else if ((byteAt(at) === DASH || byteAt(at) === PLUS) && isPair(at + 1) && byteAt(at + 3) === COLON) at += 6;
  else return start;
  if (at >= end) return at === end ? end : start;
  return byteAt(at) === SPACE ? at + 1 : start;
}

/** What begins on a line; `NEXT`: a message whose text stands on the line below. */
export const NOTHING: i32 = 0;
export const BORING: i32 = 1;
export const MESSAGE: i32 = 2;
export const NEXT: i32 = 3;

/** What begins on the line whose text is from `start` to `end`; the parts are left in this module where it is a message. */
export function headerAt(start: usize, end: usize): i32 {
  const first = byteAt(start);
  if (first === OPEN_BRACKET) return serilogAt(start, end);
  if (first === OPEN_BRACE) return jsonAt(start, end);
  if (first === LETTER_U) return crashAt(start, end);
  return byteAt(start + 4) === COLON ? consoleAt(start, end) : NOTHING;
}

/** Most informational lines are Serilog's own, one for each request. */
const REQUEST_LOG = lettersOf('Serilog.', 0);

/** Whether what follows the level is of no interest, wherever the category ends. It says so of most, not of all. */
function tellsNothing(at: usize, end: usize): bool {
  if (load<u64>(at) === REQUEST_LOG) return end - at >= 8;
  return !mayBeInformative(at) && !mayBeInformative(indexOf(COLON, at, end) + 2);
}

/** Whether a bracket and the time of day stand there: [12:00:00 */
function isClockShaped(at: usize): bool {
  const bytes = v128.load(at);
  const colons = (1 << 3) | (1 << 6);
  const places = (1 << 1) | (1 << 2) | (1 << 4) | (1 << 5) | (1 << 7) | (1 << 8);
  if ((i8x16.bitmask(equal(bytes, COLON)) & colons) !== colons) return false;
  return (i8x16.bitmask(digits(bytes)) & places) === places;
}

function serilogAt(start: usize, end: usize): i32 {
  if (end - start < 13 || !isClockShaped(start)) return NOTHING;
  const close = usualInfoEnd(start + 9);
  return close === 0 || close >= end ? anyLevelAt(start, end) : behindLevel(INFO, close, end);
}

/** The brackets behind the words of most lines, which are looked for before all others; 0: another level stands there. */
function usualInfoEnd(at: usize): usize {
  if (load<u64>(at) === INFORMATION && load<u64>(at + 5) === INFORMATION_END) return at + 12;
  return load<u32>(at) === INF && byteAt(at + 4) === CLOSE_BRACKET ? at + 4 : 0;
}

const INFORMATION = lettersOf(' INFORMATION]', 0);
const INFORMATION_END = lettersOf(' INFORMATION]', 5);
const INF = <u32>lettersOf(' INF', 0);

function anyLevelAt(start: usize, end: usize): i32 {
  let at = start + 9;
  if (byteAt(at) === DOT) for (at++; isDigit(byteAt(at)); ) at++;
  if (byteAt(at) !== SPACE) return NOTHING;
  const close = closingBracket(at + 1, end);
  const found = close === 0 ? NO_LEVEL : levelOf(at + 1, close);
  return found === NO_LEVEL ? NOTHING : behindLevel(found, close, end);
}

/** What begins where the level that was found is followed by its bracket at `close`. */
function behindLevel(found: i32, close: usize, end: usize): i32 {
  const at = byteAt(close + 1) === SPACE ? close + 2 : close + 1;
  dialect = TEXT;
  level = found;
  if (found === INFO && tellsNothing(at, end)) return BORING;
  const category = categoryColon(at, end);
  categoryStart = at;
  categoryEnd = category === 0 ? at : category;
  messageStart = category === 0 ? at : category + 2;
  messageEnd = end;
  return found === INFO && !isInformative(messageStart, end) ? BORING : MESSAGE;
}

/** 0: it does not stand where the bracket behind a level would. */
function closingBracket(start: usize, end: usize): usize {
  const last = min(end, start + LONGEST_LEVEL + 1);
  const found = indexOf(CLOSE_BRACKET, start, last);
  return found === last ? 0 : found;
}

/** What a type's name has beside letters, digits and dots. */
function isRareOfCategory(code: u32): bool {
  return code === UNDERSCORE || code === BACKTICK || code === PLUS || code === LESS_THAN || code === GREATER_THAN;
}

/** Where the category ends that begins here, at its colon; 0: there is none. */
function categoryColon(start: usize, end: usize): usize {
  let at = afterNames(start, end);
  while (at < end && isRareOfCategory(byteAt(at))) at = afterNames(at + 1, end);
  return at > start && at + 1 < end && byteAt(at) === COLON && byteAt(at + 1) === SPACE ? at : 0;
}

/** The first byte that is no letter, digit or dot. */
function afterNames(start: usize, end: usize): usize {
  for (let at = start; at < end; at += 16) {
    const bytes = v128.load(at);
    const others = ~i8x16.bitmask(v128.or(v128.or(letters(bytes), digits(bytes)), equal(bytes, DOT))) & 0xffff;
    if (others !== 0) return min(at + ctz(others), end);
  }
  return end;
}

function consoleAt(start: usize, end: usize): i32 {
  if (byteAt(start + 5) !== SPACE || end - start < 9) return NOTHING;
  if (byteAt(start) - 97 >= 26) return NOTHING;
  const found = levelOf(start, start + 4);
  if (found === NO_LEVEL) return NOTHING;
  const bracket = indexOf(OPEN_BRACKET, start + 6, end);
  if (bracket === start + 6 || bracket === end) return NOTHING;
  let at = bracket + 1;
  while (isDigit(byteAt(at))) at++;
  if (at === bracket + 1 || byteAt(at) !== CLOSE_BRACKET || at >= end) return NOTHING;
  for (at++; at < end && byteAt(at) === SPACE; ) at++;
  dialect = CONSOLE;
  level = found;
  categoryStart = start + 6;
  categoryEnd = bracket;
  messageStart = at;
  messageEnd = end;
  if (at === end) return NEXT;
  return found === INFO && !isInformative(at, end) ? BORING : MESSAGE;
}

const CRASH_TEXT = 'Unhandled exception. ';

/** What the runtime writes to standard error before the process ends; no logger has to do with it. */
function crashAt(start: usize, end: usize): i32 {
  if (!startsWith(start, end, CRASH_TEXT)) return NOTHING;
  dialect = CRASH;
  level = FATAL;
  categoryStart = start;
  categoryEnd = start;
  messageStart = start;
  messageEnd = start + CRASH_TEXT.length - 1;
  return MESSAGE;
}

function jsonAt(start: usize, end: usize): i32 {
  if (!json.read(start, end)) return NOTHING;
  if (json.level === NO_LEVEL && json.firstEnd === 0) return NOTHING;
  dialect = JSON_LINE;
  level = json.level === NO_LEVEL ? INFO : json.level;
  if (level !== INFO) return MESSAGE;
  return json.firstEnd !== 0 && isInformative(json.firstStart, json.firstEnd) ? MESSAGE : BORING;
}
