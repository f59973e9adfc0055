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

/** Reads the message whose lines are from `from` to `to`; it begins with a header. */
export function ofMessage(from: usize, to: usize): void {
  ownFrame = 0;
  chainLines = 0;
  frames = 0;
  message.open(from, to);
  hash.reset();
  hash.mark(header.level);
  message.readCategory();
  addPart(message.partStart, message.partEnd);
  hash.mark(PART_MARK);
  message.readText();
  addPart(message.partStart, message.partEnd);
  while (message.readDetail()) if (addDetail(message.partStart, message.partEnd)) return;
}

/** Reads a line outside of any message, whose text begins at `body`. */
export function ofOrphan(body: usize, to: usize): void {
  ownFrame = 0;
  hash.reset();
  hash.mark(ORPHAN_MARK);
  addPart(body, trimmedEnd(body, to));
}

function addPart(from: usize, to: usize): void {
  hash.add(from, min(to, from + LONGEST_PART));
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
    addPart(from + 3, indexOf(OPEN_PARENTHESIS, from + 3, to));
    return true;
  }
  if (frames > 0 || chainLines >= MOST_CHAIN_LINES) return false;
  chainLines++;
  hash.mark(PART_MARK);
  addPart(from, to);
  return false;
}
