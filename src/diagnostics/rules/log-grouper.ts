import { type LogAnalysis, LogKinds, type LogOrigin } from './log-groups.ts';
import { messageText, messageTime } from './log-message.ts';
import { logMemory, logReader } from './log-reader.ts';

/**
 * Groups the messages of any number of logs while they are read, in bounded space: what is kept does not grow with the
 * logs. Each log is opened as a sink of bytes, cut wherever the network cut them. Lines are looked at as bytes, and only
 * those that begin a message worth counting become text, once for each kind.
 */
export class LogGrouper {
  readonly #kinds = new LogKinds();
  readonly #totals = { lines: 0, messages: 0, warnings: 0, errors: 0, fatal: 0 };

  /** Begins to read a log. */
  open(origin: LogOrigin): LogSink {
    return new LogSink(origin, this.#kinds, this.#totals);
  }

  /** What all logs hold that were read so far; a log counts wholly once its sink was ended. */
  result(): LogAnalysis {
    return { ...this.#totals, groups: this.#kinds.groups(), notToldApart: this.#kinds.notToldApart };
  }
}

type Totals = { lines: number; messages: number; warnings: number; errors: number; fatal: number };

const ROOM = logReader.ROOM.value;
const INPUT = logReader.input();
const NOTHING = Buffer.alloc(0);

/** One log on its way into the groups. */
class LogSink {
  readonly #origin: LogOrigin;
  readonly #kinds: LogKinds;
  readonly #totals: Totals;
  /** What has come and is not yet a whole message. */
  #rest: Buffer = NOTHING;
  /** How much of the rest was looked at. */
  #looked = 0;
  /** What else the reader has to know to go on. */
  #state = 0;

  constructor(origin: LogOrigin, kinds: LogKinds, totals: Totals) {
    this.#origin = origin;
    this.#kinds = kinds;
    this.#totals = totals;
  }

  push(chunk: Uint8Array): void {
    for (let taken = 0; taken < chunk.length; ) {
      const size = Math.min(chunk.length - taken, ROOM - this.#rest.length);
      this.#read(chunk.subarray(taken, taken + size));
      this.#addTotals();
      this.#rest = Buffer.from(logMemory.subarray(INPUT + logReader.kept(), INPUT + this.#rest.length + size));
      this.#looked = logReader.looked();
      this.#state = logReader.suspend();
      taken += size;
    }
  }

  end(): void {
    this.#read(NOTHING);
    while (logReader.finish() !== 0) this.#count();
    this.#addTotals();
  }

  /** Looks at the lines that are complete. */
  #read(piece: Uint8Array): void {
    logMemory.set(this.#rest, INPUT);
    logMemory.set(piece, INPUT + this.#rest.length);
    logReader.resume(this.#rest.length + piece.length, this.#looked, this.#state);
    while (logReader.next() !== 0) this.#count();
  }

  #count(): void {
    this.#kinds.count(logReader.key(), messageTime(), this.#origin, messageText);
  }

  #addTotals(): void {
    this.#totals.lines += logReader.lineCount();
    this.#totals.messages += logReader.messageCount();
    this.#totals.warnings += logReader.warningCount();
    this.#totals.errors += logReader.errorCount();
    this.#totals.fatal += logReader.fatalCount();
  }
}
