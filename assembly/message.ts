import { indexOf, NEW_LINE, trimmedEnd, trimmedStart } from './bytes';
import * as header from './header';
import * as json from './json';
import * as jsonText from './json-text';

/**
 * The parts of one message, one after the other: category, text, and the lines below it. Each is left at `partStart` and
 * `partEnd` until the next is read.
 */

/** Of a message, or of a line, no more than this is looked at, whatever its parts. Bytes. */
export const MESSAGE_LIMIT: i32 = 32 * 1024;

export let partStart: usize = 0;
export let partEnd: usize = 0;

let isJson: bool = false;
/** Where the first line begins that was not read. */
export let unread: usize = 0;
let end: usize = 0;

/** Opens the message whose header was read last: its lines are from there to `to`, the first of them to `lineEnd`. */
export function open(lineEnd: usize, to: usize): void {
  isJson = header.dialect === header.JSON_LINE;
  unread = lineEnd + 1;
  end = to;
}

/** Opens the lines below a message's text, which are from `from` to `to`. */
export function openDetails(from: usize, to: usize): void {
  isJson = false;
  unread = from;
  end = to;
}

/** Opens a line outside of any message: it has its text alone, which is at once the part. */
export function openOrphan(from: usize, to: usize): void {
  part(from, trimmedEnd(from, to));
}

function part(from: usize, to: usize): void {
  partStart = from;
  partEnd = to;
}

export function readCategory(): void {
  if (isJson) firstLineOf(json.categoryStart, json.categoryEnd);
  else part(header.categoryStart, trimmedEnd(header.categoryStart, header.categoryEnd));
}

export function readText(): void {
  if (isJson) {
    if (json.messageEnd !== 0) firstLineOf(json.messageStart, json.messageEnd);
    else firstLineOf(json.templateStart, json.templateEnd);
    if (json.exceptionEnd !== 0) jsonText.open(json.exceptionStart, json.exceptionEnd);
    return;
  }
  part(header.messageStart, header.messageEnd);
  if (header.dialect === header.CRASH) unread = header.messageEnd;
  if (isTextBelow()) readDetail();
}

/** Whether the text stands on the first line below the header, as Microsoft's console writes it. */
export function isTextBelow(): bool {
  return header.dialect === header.CONSOLE && header.messageStart === header.messageEnd;
}

/** Reads the next line below the text that is not empty; false: there is none. */
export function readDetail(): bool {
  while (isJson ? readJsonLine() : readLine()) if (partStart < partEnd) return true;
  return false;
}

function readLine(): bool {
  if (unread >= end) return false;
  const stop = indexOf(NEW_LINE, unread, end);
  const last = trimmedEnd(unread, stop);
  part(trimmedStart(header.bodyStart(unread, last), last), last);
  unread = stop + 1;
  return true;
}

function readJsonLine(): bool {
  if (!jsonText.readLine()) return false;
  const from = trimmedStart(jsonText.LINE, jsonText.lineEnd);
  part(from, trimmedEnd(from, jsonText.lineEnd));
  return true;
}

/** Of a string of JSON; nothing where the line has none (its end is 0). */
function firstLineOf(from: usize, to: usize): void {
  jsonText.open(from, to);
  part(jsonText.LINE, jsonText.LINE);
  if (to !== 0 && jsonText.readLine()) partEnd = jsonText.lineEnd;
  jsonText.close();
}
