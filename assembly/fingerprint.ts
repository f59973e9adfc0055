import { byteAt, indexOf, OPEN_PARENTHESIS, SPACE, trimmedEnd } from './bytes';
import { isForeign } from './foreign';
import * as header from './header';
import { LONGEST_PART } from './json-text';
import * as message from './message';
import * as hash from './template-hash';

/** What makes the kind of a message: its level, category and text without variables, its exceptions, and the application's first own frame. */

export const MOST_CHAIN_LINES: i32 = 16;
export const MOST_FRAMES: i32 = 64;

const LETTER_A: u32 = 97;
const LETTER_T: u32 = 116;

// Beside the four levels.
const PART_MARK: u32 = 9;
const FRAME_MARK: u32 = 10;
const ORPHAN_MARK: u32 = 11;

/** Which of the message's frames is the first of the application's own, from 1; 0: none is. */
export let ownFrame: i32 = 0;

let chainLines: i32 = 0;
let frames: i32 = 0;
let isTextBelow: bool = false;
/** Where the lines below the message begin; 0: they make no difference. */
let details: usize = 0;

/** Begins with the message whose header was read last; its first line ends at `lineEnd`. */
export function open(lineEnd: usize): void {
  ownFrame = 0;
  chainLines = 0;
  frames = 0;
  message.open(lineEnd, lineEnd);
  hash.reset();
  hash.mark(header.level);
  message.readCategory();
  addPart();
  hash.mark(PART_MARK);
  isTextBelow = message.isTextBelow();
  if (!isTextBelow) {
    message.readText();
    addPart();
  }
  details = message.unread;
  if (header.dialect !== header.JSON_LINE) return;
  addDetails();
  details = 0; // a line of JSON is whole
}

/** The message ends at `to`. */
export function close(to: usize): void {
  if (details === 0 || details >= to) return;
  message.openDetails(details, to);
  if (isTextBelow && message.readDetail()) addPart();
  addDetails();
}

/** Reads a line outside of any message, whose text begins at `body`. */
export function ofOrphan(body: usize, to: usize): void {
  ownFrame = 0;
  hash.reset();
  hash.mark(ORPHAN_MARK);
  add(body, trimmedEnd(body, to));
}

function addPart(): void {
  add(message.partStart, message.partEnd);
}

function add(from: usize, to: usize): void {
  hash.add(from, min(to, from + LONGEST_PART));
}

function addDetails(): void {
  while (message.readDetail()) if (addDetail(message.partStart, message.partEnd)) return;
}

function isFrame(from: usize, to: usize): bool {
  return to - from > 3 && byteAt(from) === LETTER_A && byteAt(from + 1) === LETTER_T && byteAt(from + 2) === SPACE;
}

/** A line below the message; true: what comes after it makes no difference. */
function addDetail(from: usize, to: usize): bool {
  if (isFrame(from, to)) {
    frames++;
    if (isForeign(from + 3, to)) return frames >= MOST_FRAMES;
    ownFrame = frames;
    hash.mark(FRAME_MARK);
    add(from + 3, indexOf(OPEN_PARENTHESIS, from + 3, to));
    return true;
  }
  if (frames > 0 || chainLines >= MOST_CHAIN_LINES) return false;
  chainLines++;
  hash.mark(PART_MARK);
  add(from, to);
  return false;
}
