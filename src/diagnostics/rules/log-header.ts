import { startsWith } from './log-bytes.ts';
import { JsonLine, readJson } from './log-json.ts';
import { LONGEST_LEVEL, type LogLevel, levelOf } from './log-level.ts';

/**
 * Whether a line begins a message, and of which level: Serilog's text, Microsoft's console, JSON, and what the .NET runtime
 * itself writes when a process dies. All from bytes, and most lines are decided by their first few.
 */

type Dialect = 'text' | 'console' | 'json' | 'crash';

/** The parts of the line that begins a message. Category and message are spans of the bytes; in JSON they are in `json`. */
export class Header {
  dialect: Dialect = 'text';
  level: LogLevel = 'info';
  categoryStart = 0;
  categoryEnd = 0;
  messageStart = 0;
  messageEnd = 0;
  readonly json = new JsonLine();
}

const PLUS = 43;
const DASH = 45;
const DOT = 46;
const COLON = 58;
const SPACE = 32;
const BRACKET = 91;
const CLOSE_BRACKET = 93;
const BRACE = 123;
const LETTER_T = 84;
const LETTER_U = 85;
const LETTER_Z = 90;

const isDigit = (code: number | undefined) => code !== undefined && code >= 48 && code <= 57;

/** What stands between the digits of a time; all zones but UTC are left to the slow way. */
function isTimeShaped(bytes: Buffer, at: number): boolean {
  return (
    bytes[at + 4] === DASH && bytes[at + 7] === DASH && bytes[at + 10] === LETTER_T && bytes[at + 13] === COLON && bytes[at + 16] === COLON
  );
}

/** Where the text begins behind the time that Kubernetes puts before each line: 2025-11-23T12:00:00.123456789Z. */
export function bodyStart(bytes: Buffer, start: number, end: number): number {
  if (end - start < 20 || !isTimeShaped(bytes, start)) return start;
  if (end - start > 30 && bytes[start + 30] === SPACE && bytes[start + 29] === LETTER_Z) return start + 31;
  return unusualBodyStart(bytes, start, end);
}

/** Fewer digits, another zone, or nothing behind the time. */
function unusualBodyStart(bytes: Buffer, start: number, end: number): number {
  let at = start + 19;
  if (bytes[at] === DOT) for (at++; at < end && isDigit(bytes[at]); ) at++;
  if (bytes[at] === LETTER_Z) at++;
  else if ((bytes[at] === DASH || bytes[at] === PLUS) && isPair(bytes, at + 1) && bytes[at + 3] === COLON) at += 6;
  else return start;
  if (at >= end) return at === end ? end : start;
  return bytes[at] === SPACE ? at + 1 : start;
}

/** Whether two digits stand there. */
const isPair = (bytes: Buffer, at: number) => isDigit(bytes[at]) && isDigit(bytes[at + 1]);

/** Informational messages count only where they begin so: few of them tell anything, and there are many. */
const INFORMATIVE = [
  'Approval Timeout',
  'Claimed ',
  'Deployment Job',
  'Deployment job',
  'Failed to validate the token',
  'JWT ',
  'Rotated secret',
  'Rotating secret',
  'Signing key',
  'Successfully rotated',
  'Will check for expired approvals',
];
const INFORMATIVE_BYTES = INFORMATIVE.map((text) => Buffer.from(text));
/** By the first two letters, which decide for nearly all. */
const INFORMATIVE_FIRST = new Uint8Array(65_536);
for (const text of INFORMATIVE_BYTES) INFORMATIVE_FIRST[pairOf(text, 0)] = 1;

function pairOf(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

export function isInformative(bytes: Buffer, start: number, end: number): boolean {
  if (INFORMATIVE_FIRST[pairOf(bytes, start)] !== 1) return false;
  for (const text of INFORMATIVE_BYTES) if (startsWith(bytes, start, end, text)) return true;
  return false;
}

/** `next`: the message stands on the line below. */
export type Begins = 'nothing' | 'boring' | 'message' | 'next';

/** What begins on the line whose text is from `start` to `end`; the parts are left in `into` where it is a message. */
export function headerAt(bytes: Buffer, start: number, end: number, into: Header): Begins {
  switch (bytes[start]) {
    case BRACKET:
      return serilogAt(bytes, start, end, into);
    case BRACE:
      return jsonAt(bytes, start, end, into);
    case LETTER_U:
      return crashAt(bytes, start, end, into);
    default:
      return bytes[start + 4] === COLON ? consoleAt(bytes, start, end, into) : 'nothing';
  }
}

const INF = codeOf(Buffer.from('INF'), 0);
const INFORMATION_END = Buffer.from('INFORMATION]');

/**
 * Whether the line is informational in Serilog's text and tells nothing, as most lines are. False: it has to be looked at.
 * It says no more than {@link headerAt} would, and says it quickly.
 */
export function isBoringText(bytes: Buffer, start: number, end: number): boolean {
  if (bytes[start] !== BRACKET || bytes[start + 9] !== SPACE || end - start < 15) return false;
  let at = start + 14;
  if (bytes[start + 13] !== CLOSE_BRACKET || codeOf(bytes, start + 10) !== INF) {
    if (!startsWith(bytes, start + 10, end, INFORMATION_END)) return false;
    at = start + 10 + INFORMATION_END.length;
  }
  if (bytes[start + 3] !== COLON || bytes[start + 6] !== COLON) return false;
  if (!isPair(bytes, start + 1) || !isPair(bytes, start + 4) || !isPair(bytes, start + 7)) return false;
  if (bytes[at] === SPACE) at++;
  if (startsWith(bytes, at, end, REQUEST_LOG)) return true;
  const category = categoryEnd(bytes, at, end);
  return !isInformative(bytes, category === -1 ? at : category + 2, end);
}

function serilogAt(bytes: Buffer, start: number, end: number, into: Header): Begins {
  if (bytes[start + 3] !== COLON || bytes[start + 6] !== COLON || end - start < 13) return 'nothing';
  if (!isPair(bytes, start + 1) || !isPair(bytes, start + 4) || !isPair(bytes, start + 7)) return 'nothing';
  let at = start + 9;
  if (bytes[at] === DOT) for (at++; isDigit(bytes[at]); ) at++;
  if (bytes[at] !== SPACE) return 'nothing';
  const close = closingBracket(bytes, at + 1, end);
  const level = close === -1 ? undefined : levelIn(bytes, at + 1, close);
  if (level === undefined) return 'nothing';
  at = bytes[close + 1] === SPACE ? close + 2 : close + 1;
  into.dialect = 'text';
  into.level = level;
  if (level === 'info' && startsWith(bytes, at, end, REQUEST_LOG)) return 'boring';
  const category = categoryEnd(bytes, at, end);
  into.categoryStart = at;
  into.categoryEnd = category === -1 ? at : category;
  into.messageStart = category === -1 ? at : category + 2;
  into.messageEnd = end;
  return level === 'info' && !isInformative(bytes, into.messageStart, end) ? 'boring' : 'message';
}

/** Most informational lines are Serilog's own, one for each request. */
const REQUEST_LOG = Buffer.from('Serilog.');

function closingBracket(bytes: Buffer, start: number, end: number): number {
  if (bytes[start + 3] === CLOSE_BRACKET && start + 3 < end) return start + 3;
  const last = Math.min(end, start + LONGEST_LEVEL + 1);
  for (let at = start; at < last; at++) if (bytes[at] === CLOSE_BRACKET) return at;
  return -1;
}

/** Levels of three letters, by their letters: no string has to be made for most lines. */
const CODES: ReadonlyMap<number, LogLevel> = new Map(
  ['VRB', 'DBG', 'INF', 'WRN', 'ERR', 'FTL'].map((word) => [codeOf(Buffer.from(word), 0), levelOf(word) ?? 'info']),
);

function codeOf(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
}

/** The most frequent of the longer words, so that no string has to be made of them either. */
const WHOLE_WORDS = ['INFORMATION', 'WARNING', 'ERROR', 'Information', 'Warning', 'Error'].map((text) => ({
  word: Buffer.from(text),
  level: levelOf(text),
}));

function levelIn(bytes: Buffer, start: number, end: number): LogLevel | undefined {
  for (const { word, level } of WHOLE_WORDS) if (end - start === word.length && startsWith(bytes, start, end, word)) return level;
  return end - start === 3 ? CODES.get(codeOf(bytes, start)) : levelOf(bytes.toString('latin1', start, end));
}

const CATEGORY = new Uint8Array(256);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.`+<>') CATEGORY[letter.charCodeAt(0)] = 1;

/** Where the category ends that begins here, at its colon; -1: there is none. */
function categoryEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && CATEGORY[bytes[at] ?? 0] === 1) at++;
  return at > start && bytes[at] === COLON && bytes[at + 1] === SPACE && at + 1 < end ? at : -1;
}

/** The console's levels, of four letters. */
const CONSOLE_CODES: ReadonlyMap<number, LogLevel> = new Map(
  ['trce', 'dbug', 'info', 'warn', 'fail', 'crit'].map((word) => {
    const bytes = Buffer.from(word);
    return [(codeOf(bytes, 0) << 8) | (bytes[3] ?? 0), levelOf(word) ?? 'info'];
  }),
);

function consoleAt(bytes: Buffer, start: number, end: number, into: Header): Begins {
  if (bytes[start + 5] !== SPACE || end - start < 9) return 'nothing';
  const first = bytes[start] ?? 0;
  if (first < 97 || first > 122) return 'nothing';
  const level = CONSOLE_CODES.get((codeOf(bytes, start) << 8) | (bytes[start + 3] ?? 0));
  if (level === undefined) return 'nothing';
  let bracket = start + 6;
  while (bracket < end && bytes[bracket] !== BRACKET) bracket++;
  if (bracket === start + 6 || bracket === end) return 'nothing';
  let at = bracket + 1;
  while (isDigit(bytes[at])) at++;
  if (at === bracket + 1 || bytes[at] !== CLOSE_BRACKET || at >= end) return 'nothing';
  for (at++; at < end && bytes[at] === SPACE; ) at++;
  into.dialect = 'console';
  into.level = level;
  into.categoryStart = start + 6;
  into.categoryEnd = bracket;
  into.messageStart = at;
  into.messageEnd = end;
  if (at === end) return 'next';
  return level === 'info' && !isInformative(bytes, at, end) ? 'boring' : 'message';
}

const CRASH = Buffer.from('Unhandled exception. ');

/** What the runtime writes to standard error before the process ends; no logger has to do with it. */
function crashAt(bytes: Buffer, start: number, end: number, into: Header): Begins {
  if (!startsWith(bytes, start, end, CRASH)) return 'nothing';
  into.dialect = 'crash';
  into.level = 'fatal';
  into.categoryStart = start;
  into.categoryEnd = start;
  into.messageStart = start;
  into.messageEnd = start + CRASH.length - 1;
  return 'message';
}

function jsonAt(bytes: Buffer, start: number, end: number, into: Header): Begins {
  const { json } = into;
  if (!readJson(bytes, start, end, json, knowsEnough)) return 'nothing';
  if (json.level === '' && json.first === null) return 'nothing';
  into.dialect = 'json';
  into.level = levelOf(json.level) ?? 'info';
  if (into.level !== 'info') return 'message';
  return json.first !== null && isInformative(bytes, json.first.start, json.first.end) ? 'message' : 'boring';
}

/** The rest of a line is of no interest where its level is informational and its message tells nothing. */
function knowsEnough(json: JsonLine, bytes: Buffer): boolean {
  if (json.first === null || json.level === '' || levelOf(json.level) !== 'info') return false;
  return !isInformative(bytes, json.first.start, json.first.end);
}
