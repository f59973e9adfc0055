import {
  AT_SIGN,
  BACKSLASH,
  byteAt,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  COLON,
  COMMA,
  indexOfEither,
  OPEN_BRACE,
  OPEN_BRACKET,
  QUOTE,
  SPACE,
} from './bytes';
import { isInformative } from './informative';
import { INFO, levelOf, NO_LEVEL } from './level';
import { Words } from './words';

/**
 * One line of JSON as .NET loggers write it: Serilog's compact format (@…), Serilog's JsonFormatter, and Microsoft's JSON
 * console. Only the fields that matter are looked at, from the left, and no further than needed: a line that was cut off
 * tells as much as it still holds.
 */

// What the line said that was read last; where a value stands, its quotes left out. An end of 0: it is not there.
/** {@link NO_LEVEL}: the line has none, which means that it is informational. */
export let level: i32 = NO_LEVEL;
/** The message or its template, whichever stands first. */
export let firstStart: usize = 0;
export let firstEnd: usize = 0;
export let messageStart: usize = 0;
export let messageEnd: usize = 0;
/** The message before its variables were filled in. */
export let templateStart: usize = 0;
export let templateEnd: usize = 0;
export let exceptionStart: usize = 0;
export let exceptionEnd: usize = 0;
export let categoryStart: usize = 0;
export let categoryEnd: usize = 0;

const UNKNOWN: i32 = 0;
const LEVEL: i32 = 1;
const MESSAGE: i32 = 2;
const TEMPLATE: i32 = 3;
const EXCEPTION: i32 = 4;
const CATEGORY: i32 = 5;
const PROPERTIES: i32 = 6;

const FIELDS = new Words();
FIELDS.add(['@l', 'Level', 'LogLevel', 'level'], LEVEL);
FIELDS.add(['@m', 'RenderedMessage', 'Message', 'message'], MESSAGE);
FIELDS.add(['@mt', 'MessageTemplate'], TEMPLATE);
FIELDS.add(['@x', 'Exception'], EXCEPTION);
FIELDS.add(['SourceContext', 'Category'], CATEGORY);
FIELDS.add(['Properties'], PROPERTIES);

/** Reads the fields of the line from `start` (at its brace) to `end`; false: it is no message. */
export function read(start: usize, end: usize): bool {
  reset();
  let at = start + 1;
  let inProperties = false;
  let compact = false;
  let found = false;
  while (at < end) {
    const code = byteAt(at);
    if (code === CLOSE_BRACE) {
      if (!inProperties) break;
      inProperties = false;
      at++;
      continue;
    }
    if (code !== QUOTE) {
      if (code !== COMMA && code > SPACE) break; // no JSON of a logger
      at++;
      continue;
    }
    const keyEnd = stringEnd(at + 1, end);
    const reserved = byteAt(at + 1) === AT_SIGN;
    compact = compact || reserved;
    let field = FIELDS.find(at + 1, keyEnd);
    // names without @ are the event's own in the compact format, whatever they are called
    if (compact && !reserved && field !== CATEGORY) field = UNKNOWN;
    at = valueStart(keyEnd + 1, end);
    if (at >= end) break;
    if (field === PROPERTIES && !inProperties && byteAt(at) === OPEN_BRACE) {
      inProperties = true;
      at++;
      continue;
    }
    const isText = byteAt(at) === QUOTE;
    const valueEnd = isText ? stringEnd(at + 1, end) : otherEnd(at, end);
    if (isText && field !== UNKNOWN && take(at + 1, valueEnd, field, inProperties)) {
      found = true;
      if (tellsNothing()) break;
    }
    at = isText ? valueEnd + 1 : valueEnd;
  }
  return found;
}

function reset(): void {
  level = NO_LEVEL;
  firstEnd = 0;
  messageEnd = 0;
  templateEnd = 0;
  exceptionEnd = 0;
  categoryEnd = 0;
}

/** The rest of a line is of no interest where its level is informational and its message tells nothing. */
function tellsNothing(): bool {
  return firstEnd !== 0 && level === INFO && !isInformative(firstStart, firstEnd);
}

/** The first of several fields that mean the same counts. */
function take(start: usize, end: usize, field: i32, inProperties: bool): bool {
  if (field === PROPERTIES || (inProperties && field !== CATEGORY)) return false;
  switch (field) {
    case LEVEL:
      return takeLevel(start, end);
    case MESSAGE:
      if (messageEnd !== 0) return false;
      messageStart = start;
      messageEnd = end;
      takeFirst(start, end);
      return true;
    case TEMPLATE:
      if (templateEnd !== 0) return false;
      templateStart = start;
      templateEnd = end;
      takeFirst(start, end);
      return true;
    case EXCEPTION:
      if (exceptionEnd !== 0) return false;
      exceptionStart = start;
      exceptionEnd = end;
      return true;
    default:
      if (categoryEnd !== 0) return false;
      categoryStart = start;
      categoryEnd = end;
      return true;
  }
}

/** A level that nobody knows is informational. */
function takeLevel(start: usize, end: usize): bool {
  if (level !== NO_LEVEL) return false;
  const known = levelOf(start, end);
  level = known === NO_LEVEL ? INFO : known;
  return true;
}

function takeFirst(start: usize, end: usize): void {
  if (firstEnd !== 0) return;
  firstStart = start;
  firstEnd = end;
}

/** The closing quote, or `end` where the line was cut off before it. */
function stringEnd(start: usize, end: usize): usize {
  let at = start;
  while (at < end) {
    at = indexOfEither(QUOTE, BACKSLASH, at, end);
    if (at === end || byteAt(at) === QUOTE) return at;
    at += 2;
  }
  return end;
}

function valueStart(start: usize, end: usize): usize {
  let at = start;
  while (at < end && (byteAt(at) <= SPACE || byteAt(at) === COLON)) at++;
  return at;
}

/** The end of a number, a word, an object or a list. */
function otherEnd(start: usize, end: usize): usize {
  let depth = 0;
  let at = start;
  while (at < end) {
    const code = byteAt(at);
    if (code === QUOTE) at = stringEnd(at + 1, end);
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++;
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (code === COMMA && depth === 0) return at;
    at++;
  }
  return end;
}
