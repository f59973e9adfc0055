import { byteAt, CARRIAGE_RETURN, INPUT, indexOf, NEW_LINE, ROOM, SPACE, trimmedEnd } from './bytes';
import * as fingerprint from './fingerprint';
import * as header from './header';
import { isInformative } from './informative';
import { ERROR, FATAL, INFO, WARN } from './level';
import * as message from './message';
import { MESSAGE_LIMIT } from './message';
import * as templateHash from './template-hash';

export { ROOM } from './bytes';
export { MOST_CHAIN_LINES, MOST_FRAMES } from './fingerprint';
export { LONGEST_PART } from './json-text';
export { readCategory, readDetail, readText } from './message';

/**
 * Reads the messages of a log out of the bytes that stand in the memory. A log comes in pieces, and several logs come at
 * once: whoever has them calls {@link resume} with what was left of the last piece and the next one behind it, then
 * {@link next} until it finds nothing more, and keeps the bytes from {@link kept} on.
 */

/** `ORPHANS`: before the first message, as at the edge of what was asked for, or in a log of a dialect that nobody knows. */
const ORPHANS: i32 = 0;
const SKIP: i32 = 1;
const COLLECT: i32 = 2;
/** The text of an informational message is on the line below. */
const MESSAGE_BELOW: i32 = 3;
/** Added to the mode: the rest of a line that is too long is on its way. */
const IN_LONG_LINE: i32 = 4;

let mode: i32 = ORPHANS;
let inLongLine: bool = false;
let inputEnd: usize = INPUT;
/** Where the first line begins that was not looked at. */
let unread: usize = INPUT;
/** Where the message begins that is being collected. */
let start: usize = INPUT;
let startBody: usize = INPUT;

// Since the log was resumed.
let lines: i32 = 0;
let messages: i32 = 0;
let warnings: i32 = 0;
let errors: i32 = 0;
let fatal: i32 = 0;

// The message that was found last.
let foundStart: usize = INPUT;
let foundEnd: usize = INPUT;
let foundBody: usize = INPUT;
let isOrphan: bool = false;
let foundKey: f64 = 0;
let foundOwnFrame: i32 = 0;

/**
 * Goes on with a log.
 * @param length how many of its bytes stand at the input
 * @param looked how many of them were looked at already
 * @param state what {@link suspend} gave when it was left; 0: it begins
 */
export function resume(length: i32, looked: i32, state: i32): void {
  mode = state & ~IN_LONG_LINE;
  inLongLine = (state & IN_LONG_LINE) !== 0;
  inputEnd = INPUT + length;
  unread = INPUT + looked;
  start = INPUT;
  lines = 0;
  messages = 0;
  warnings = 0;
  errors = 0;
  fatal = 0;
  if (isCollecting()) openAgain();
}

/** The header of the message that is being collected stands at the input, and was read when another log, or nothing, stood there. */
function openAgain(): void {
  const end = min(indexOf(NEW_LINE, start, unread), start + MESSAGE_LIMIT);
  startBody = header.bodyStart(start, end);
  header.headerAt(startBody, trimmedEnd(startBody, end));
  fingerprint.open(end);
}

/** Reads up to the end of the next message that counts; false: there is none in what has come. */
export function next(): bool {
  if (inLongLine) passLongLine();
  while (unread < inputEnd) {
    const end = indexOf(NEW_LINE, unread, inputEnd);
    if (end === inputEnd) break;
    if (readLine(end)) return true;
  }
  return inputEnd === INPUT + ROOM && kept() === 0 && overflow();
}

/** The log is over: reads what is left of it, a message at each call. */
export function finish(): bool {
  store<u8>(inputEnd, <u8>NEW_LINE);
  if (unread < inputEnd && readLine(inputEnd)) return true;
  if (mode !== COLLECT) return false;
  mode = SKIP;
  return found(inputEnd);
}

/** The first byte that is needed when the log goes on, counted from the input. */
export function kept(): i32 {
  return <i32>((isCollecting() ? start : unread) - INPUT);
}

/** How many of the bytes that are kept were looked at. */
export function looked(): i32 {
  return <i32>(unread - INPUT) - kept();
}

export function suspend(): i32 {
  return inLongLine ? mode | IN_LONG_LINE : mode;
}

function isCollecting(): bool {
  return mode === COLLECT || mode === MESSAGE_BELOW;
}

/** A message or a line fills the room: more of it would not be looked at anyway. */
function overflow(): bool {
  if (!inLongLine && <i32>(inputEnd - unread) > MESSAGE_LIMIT) {
    inLongLine = true;
    const isFound = readLine(inputEnd);
    unread = inputEnd;
    if (isFound) return true;
  }
  if (!isCollecting()) return false;
  mode = SKIP;
  return found(unread);
}

function passLongLine(): void {
  const end = indexOf(NEW_LINE, unread, inputEnd);
  inLongLine = end === inputEnd;
  unread = inLongLine ? end : end + 1;
}

/** Looks at the line from `unread` to `end`, which is its new line; true: a message was found, which ended before it. */
function readLine(end: usize): bool {
  const from = unread;
  const last = end > from && byteAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
  const cut = min(last, from + MESSAGE_LIMIT);
  unread = end + 1;
  if (cut === from) return false;
  lines++;
  const body = header.bodyStart(from, cut);
  if (byteAt(body) === SPACE && mode === SKIP) return false; // a line of a message that is of no interest
  const textEnd = trimmedEnd(body, cut);
  const begins = header.headerAt(body, textEnd);
  if (begins === header.NOTHING) return readOther(from, body, textEnd);
  const isFound = mode === COLLECT && found(from);
  count();
  mode = begins === header.BORING ? SKIP : begins === header.NEXT && header.level === INFO ? MESSAGE_BELOW : COLLECT;
  start = from;
  startBody = body;
  if (mode !== SKIP) fingerprint.open(min(end, from + MESSAGE_LIMIT));
  return isFound;
}

/** Looks at a line that begins no message; true: it counts by itself. */
function readOther(from: usize, body: usize, end: usize): bool {
  if (mode === MESSAGE_BELOW) readMessageBelow(body, end);
  return mode === ORPHANS && body < end && byteAt(body) !== SPACE && foundOrphan(from, body, end);
}

function count(): void {
  messages++;
  if (header.level === ERROR) errors++;
  else if (header.level === WARN) warnings++;
  else if (header.level === FATAL) fatal++;
}

/** The text of an informational message of Microsoft's console: only now it is known whether it tells anything. */
function readMessageBelow(body: usize, end: usize): void {
  let at = body;
  while (at < end && byteAt(at) === SPACE) at++;
  if (at < end) mode = isInformative(at, end) ? COLLECT : SKIP;
}

function found(end: usize): bool {
  foundStart = start;
  foundBody = startBody;
  foundEnd = min(end, start + MESSAGE_LIMIT);
  isOrphan = false;
  fingerprint.close(foundEnd);
  keep();
  return true;
}

function foundOrphan(from: usize, body: usize, end: usize): bool {
  foundStart = from;
  foundBody = body;
  foundEnd = end;
  isOrphan = true;
  fingerprint.ofOrphan(body, end);
  keep();
  return true;
}

/** The fingerprint of the next message begins before anybody asks for this one. */
function keep(): void {
  foundKey = templateHash.value();
  foundOwnFrame = fingerprint.ownFrame;
}

/** Where the bytes of the log stand. */
export function input(): usize {
  return INPUT;
}

export function lineCount(): i32 {
  return lines;
}

export function messageCount(): i32 {
  return messages;
}

export function warningCount(): i32 {
  return warnings;
}

export function errorCount(): i32 {
  return errors;
}

export function fatalCount(): i32 {
  return fatal;
}

/** The fingerprint of what makes the kind of the message that was found. */
export function key(): f64 {
  return foundKey;
}

/** Where its time ends; it is empty, or followed by a space or the end of the line. */
export function timeStart(): usize {
  return foundStart;
}

export function timeEnd(): usize {
  return foundBody > foundStart && byteAt(foundBody - 1) === SPACE ? foundBody - 1 : foundBody;
}

/** Which of its frames is the first of the application's own, from 1; 0: none is. */
export function ownFrame(): i32 {
  return foundOwnFrame;
}

/**
 * Goes through the parts of the message that was found: its category, its text, and the lines below it are to be read in
 * this order, each with the function of that name, and each stands from {@link partStart} to {@link partEnd}.
 * @returns its level; 0: it is a line outside of any message, and has its text alone
 */
export function openParts(): i32 {
  if (isOrphan) {
    message.openOrphan(foundBody, foundEnd);
    return 0;
  }
  const lineEnd = indexOf(NEW_LINE, foundStart, foundEnd);
  header.headerAt(foundBody, trimmedEnd(foundBody, lineEnd));
  message.open(lineEnd, foundEnd);
  return header.level;
}

export function partStart(): usize {
  return message.partStart;
}

export function partEnd(): usize {
  return message.partEnd;
}
