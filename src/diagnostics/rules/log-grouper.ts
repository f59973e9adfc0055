import { type LogAnalysis, LogKinds, type LogOrigin } from './log-groups.ts';
import { bodyStart, Header, headerAt, isBoringText, isInformative } from './log-header.ts';
import { MESSAGE_LIMIT, MessageReader } from './log-message.ts';

/**
 * Groups the messages of any number of logs while they are read, in bounded space: what is kept does not grow with the
 * logs. Each log is opened as a sink of bytes, cut wherever the network cut them. Lines are looked at as bytes, and only
 * those that begin a message worth counting become text, once for each kind.
 */
export class LogGrouper {
  readonly #kinds = new LogKinds();
  readonly #reader = new MessageReader();
  readonly #totals = { lines: 0, messages: 0, warnings: 0, errors: 0, fatal: 0 };

  /** Begins to read a log. */
  open(origin: LogOrigin): LogSink {
    return new LogSink(origin, this.#reader, this.#kinds, this.#totals);
  }

  /** What all logs hold that were read so far; a log counts wholly once its sink was ended. */
  result(): LogAnalysis {
    return { ...this.#totals, groups: this.#kinds.groups(), notToldApart: this.#kinds.notToldApart };
  }
}

type Totals = { lines: number; messages: number; warnings: number; errors: number; fatal: number };

/** Room for what has come and is not yet a whole message. */
const ROOM = 256 * 1024;
const NEW_LINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;

/** `orphans`: before the first message, as at the edge of what was asked for, or in a log of a dialect that nobody knows. */
type Mode = 'orphans' | 'skip' | 'collect' | 'message-below';

/** One log on its way into the groups. */
class LogSink {
  readonly #origin: LogOrigin;
  readonly #reader: MessageReader;
  readonly #kinds: LogKinds;
  readonly #totals: Totals;
  readonly #header = new Header();
  readonly #bytes = Buffer.allocUnsafe(ROOM + 1);
  #length = 0;
  /** Where the first line begins that was not looked at. */
  #next = 0;
  /** Where the message begins that is being collected. */
  #start = 0;
  #mode: Mode = 'orphans';
  /** The rest of a line that is too long is on its way. */
  #inLongLine = false;

  constructor(origin: LogOrigin, reader: MessageReader, kinds: LogKinds, totals: Totals) {
    this.#origin = origin;
    this.#reader = reader;
    this.#kinds = kinds;
    this.#totals = totals;
  }

  push(chunk: Uint8Array): void {
    for (let taken = 0; taken < chunk.length; ) {
      const size = Math.min(chunk.length - taken, ROOM - this.#length);
      this.#bytes.set(size === chunk.length ? chunk : chunk.subarray(taken, taken + size), this.#length);
      this.#length += size;
      taken += size;
      if (this.#length === ROOM) this.#read();
    }
  }

  end(): void {
    this.#read();
    this.#bytes[this.#length] = NEW_LINE;
    if (this.#next < this.#length) this.#line(this.#length);
    if (this.#mode === 'collect') this.#finish(this.#length);
    this.#length = 0;
    this.#next = 0;
    this.#mode = 'skip';
  }

  /** Looks at the lines that are complete, and makes room. */
  #read(): void {
    const { buffer, byteOffset } = this.#bytes;
    const bytes = Buffer.from(buffer, byteOffset, this.#length);
    if (this.#inLongLine) this.#passLongLine(bytes);
    for (;;) {
      const end = bytes.indexOf(NEW_LINE, this.#next);
      if (end === -1) break;
      this.#line(end);
    }
    const kept = this.#mode === 'collect' || this.#mode === 'message-below' ? this.#start : this.#next;
    if (kept === 0 && this.#length === ROOM) this.#overflow();
    else this.#drop(kept);
  }

  #drop(kept: number): void {
    this.#bytes.copyWithin(0, kept, this.#length);
    this.#length -= kept;
    this.#next -= kept;
    this.#start -= kept;
  }

  /** A message or a line fills the room: more of it would not be looked at anyway. */
  #overflow(): void {
    if (this.#length - this.#next > MESSAGE_LIMIT) {
      this.#line(this.#length);
      this.#next = this.#length;
      this.#inLongLine = true;
    }
    if (this.#mode === 'collect' || this.#mode === 'message-below') {
      this.#finish(this.#next);
      this.#mode = 'skip';
    }
    this.#drop(this.#next);
  }

  #passLongLine(bytes: Buffer): void {
    const end = bytes.indexOf(NEW_LINE, this.#next);
    this.#next = end === -1 ? this.#length : end + 1;
    this.#inLongLine = end === -1;
  }

  /** Looks at the line from `#next` to `end`, which is its new line. */
  #line(end: number): void {
    const bytes = this.#bytes;
    const start = this.#next;
    const last = end > start && bytes[end - 1] === CARRIAGE_RETURN ? end - 1 : end;
    const cut = Math.min(last, start + MESSAGE_LIMIT);
    this.#next = end + 1;
    if (cut === start) return;
    this.#totals.lines++;
    const body = bodyStart(bytes, start, cut);
    if (bytes[body] === SPACE && this.#mode === 'skip') return; // a line of a message that is of no interest
    if (isBoringText(bytes, body, cut)) {
      if (this.#mode === 'collect') this.#finish(start);
      this.#totals.messages++;
      this.#mode = 'skip';
      return;
    }
    const begins = headerAt(bytes, body, cut, this.#header);
    if (begins === 'nothing') {
      if (this.#mode === 'message-below') this.#messageBelow(body, cut);
      else if (this.#mode === 'orphans' && body < cut && bytes[body] !== SPACE) this.#orphan(start, cut);
      return;
    }
    if (this.#mode === 'collect') this.#finish(start);
    this.#count();
    this.#start = start;
    this.#mode = begins === 'boring' ? 'skip' : begins === 'next' && this.#header.level === 'info' ? 'message-below' : 'collect';
  }

  #count(): void {
    const { level } = this.#header;
    this.#totals.messages++;
    if (level === 'error') this.#totals.errors++;
    else if (level === 'warn') this.#totals.warnings++;
    else if (level === 'fatal') this.#totals.fatal++;
  }

  /** The text of an informational message of Microsoft's console: only now it is known whether it tells anything. */
  #messageBelow(body: number, end: number): void {
    let at = body;
    while (at < end && this.#bytes[at] === SPACE) at++;
    if (at < end) this.#mode = isInformative(this.#bytes, at, end) ? 'collect' : 'skip';
  }

  #orphan(start: number, end: number): void {
    this.#reader.readOrphan(this.#bytes, start, end);
    this.#kinds.count(this.#reader.key, this.#reader.at, this.#origin, this.#reader.text);
  }

  #finish(end: number): void {
    const limit = Math.min(end, this.#start + MESSAGE_LIMIT);
    if (this.#reader.read(this.#bytes, this.#start, limit))
      this.#kinds.count(this.#reader.key, this.#reader.at, this.#origin, this.#reader.text);
  }
}
