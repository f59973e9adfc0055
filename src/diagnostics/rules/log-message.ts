import { startsWith } from './log-bytes.ts';
import type { MessageText } from './log-groups.ts';
import { bodyStart, Header, headerAt } from './log-header.ts';
import { hasEscapes, JsonText, type Span } from './log-json.ts';
import type { LogLevel } from './log-level.ts';
import { TemplateHash } from './log-template.ts';

/** Of a message, or of a line, no more than this is looked at, whatever its parts. Bytes. */
export const MESSAGE_LIMIT = 32 * 1024;
const MOST_CHAIN_LINES = 16;
const MOST_FRAMES = 64;
/** Of a message's own text, and of each line of its exceptions, this much makes its kind. Bytes. */
const LONGEST_PART = 1_024;

const NEW_LINE = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const TAB = 9;
const LETTER_A = 97;
const LETTER_T = 116;
const OPEN_PARENTHESIS = 40;

const LEVEL_MARKS: Readonly<Record<LogLevel, number>> = { info: 1, warn: 2, error: 3, fatal: 4 };
const PART_MARK = 9;
const FRAME_MARK = 10;
const ORPHAN_MARK = 11;

/** Namespaces of .NET and of libraries: frames below them are not the application's own. */
const FOREIGN = [
  'Azure.',
  'AutoMapper.',
  'Castle.',
  'Confluent.',
  'Dapper.',
  'FluentValidation.',
  'Google.',
  'Grpc.',
  'Humanizer.',
  'Interop.',
  'Internal.',
  'MassTransit.',
  'MediatR.',
  'Microsoft.',
  'MongoDB.',
  'MySqlConnector.',
  'Newtonsoft.',
  'Npgsql.',
  'OpenTelemetry.',
  'Polly.',
  'Prometheus.',
  'Quartz.',
  'RabbitMQ.',
  'Serilog.',
  'StackExchange.',
  'Swashbuckle.',
  'System.',
  'VaultSharp.',
  'lambda_method',
].map((text) => Buffer.from(text));
const FOREIGN_BY_FIRST: readonly (readonly Buffer[])[] = Array.from({ length: 256 }, (_, code) =>
  FOREIGN.filter((text) => text[0] === code),
);

/** Reads messages out of bytes: what makes their kind as a fingerprint, and their text where it is asked for. */
export class MessageReader {
  readonly #header = new Header();
  readonly #hash = new TemplateHash();
  readonly #line = Buffer.allocUnsafe(LONGEST_PART + 8);
  readonly #json = new JsonText(this.#line);
  #bytes: Buffer = this.#line;
  #start = 0;
  #end = 0;
  #orphan = false;
  #chainLines = 0;
  #frames = 0;
  /** The fingerprint of the message that was read last. */
  key = 0;
  /** When it was written. */
  at = '';
  /** Its text. Good until the next message is read. */
  readonly text = (): MessageText => new MessageTexts(this.#bytes, this.#start, this.#end, this.#orphan).read();

  /** Reads the message whose lines are from `start` to `end`; false: there is none. */
  read(bytes: Buffer, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#orphan = false;
    this.#chainLines = 0;
    this.#frames = 0;
    const header = this.#header;
    const lineEnd = endOfLine(bytes, start, end);
    const body = bodyStart(bytes, start, lineEnd);
    const textEnd = trimmedEnd(bytes, body, lineEnd);
    if (headerAt(bytes, body, textEnd, header) === 'nothing') return false;
    this.at = timeOf(bytes, start, body);
    this.#hash.reset();
    this.#hash.mark(LEVEL_MARKS[header.level]);
    if (header.dialect === 'json') this.#readJson();
    else this.#readText(textEnd, lineEnd);
    this.key = this.#hash.value;
    return true;
  }

  /** A line outside of any message. */
  readOrphan(bytes: Buffer, start: number, end: number): void {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#orphan = true;
    const body = bodyStart(bytes, start, end);
    this.at = timeOf(bytes, start, body);
    this.#hash.reset();
    this.#hash.mark(ORPHAN_MARK);
    this.#hash.add(bytes, body, Math.min(trimmedEnd(bytes, body, end), body + LONGEST_PART));
    this.key = this.#hash.value;
  }

  #readText(textEnd: number, lineEnd: number): void {
    const { dialect, categoryStart, categoryEnd, messageStart, messageEnd } = this.#header;
    this.#hash.add(this.#bytes, categoryStart, categoryEnd);
    this.#hash.mark(PART_MARK);
    this.#hash.add(this.#bytes, messageStart, Math.min(messageEnd, messageStart + LONGEST_PART));
    if (dialect === 'crash') this.#detail(this.#bytes, trimmed(this.#bytes, messageEnd, textEnd), textEnd);
    let lacksMessage = dialect === 'console' && messageStart === messageEnd;
    for (let at = lineEnd + 1; at < this.#end; ) {
      const end = endOfLine(this.#bytes, at, this.#end);
      const text = trimmed(this.#bytes, bodyStart(this.#bytes, at, end), end);
      const last = trimmedEnd(this.#bytes, text, end);
      if (text < last) {
        if (lacksMessage) this.#hash.add(this.#bytes, text, Math.min(last, text + LONGEST_PART));
        else if (this.#detail(this.#bytes, text, last)) return;
        lacksMessage = false;
      }
      at = end + 1;
    }
  }

  #readJson(): void {
    const { json } = this.#header;
    const { category, message, template, exception } = json;
    if (category.end !== 0) this.#hash.add(this.#bytes, category.start, category.end);
    this.#hash.mark(PART_MARK);
    this.#addText(message.end === 0 ? template : message);
    if (exception.end === 0) return;
    this.#json.open(this.#bytes, exception, MESSAGE_LIMIT);
    while (this.#json.next()) {
      const start = trimmed(this.#line, 0, this.#json.length);
      const end = trimmedEnd(this.#line, start, this.#json.length);
      if (start < end && this.#detail(this.#line, start, end)) return;
    }
  }

  #addText(value: Span): void {
    if (!hasEscapes(this.#bytes, value)) {
      this.#hash.add(this.#bytes, value.start, Math.min(value.end, value.start + LONGEST_PART));
      return;
    }
    this.#json.open(this.#bytes, value, MESSAGE_LIMIT);
    if (this.#json.next()) this.#hash.add(this.#line, 0, Math.min(this.#json.length, LONGEST_PART));
  }

  /** A line below the message; true: what comes after it makes no difference. */
  #detail(bytes: Buffer, start: number, end: number): boolean {
    if (isFrame(bytes, start, end)) {
      if (isForeign(bytes, start + 3, end)) return ++this.#frames >= MOST_FRAMES;
      this.#hash.mark(FRAME_MARK);
      this.#hash.add(bytes, start + 3, methodEnd(bytes, start + 3, end));
      return true;
    }
    if (this.#frames > 0 || this.#chainLines >= MOST_CHAIN_LINES) return false;
    this.#chainLines++;
    this.#hash.mark(PART_MARK);
    this.#hash.add(bytes, start, Math.min(end, start + LONGEST_PART));
    return false;
  }
}

const endOfLine = (bytes: Buffer, at: number, end: number) => {
  const found = bytes.indexOf(NEW_LINE, at);
  return found === -1 || found > end ? end : found;
};

/** The time before the body, without the space between them. */
function timeOf(bytes: Buffer, start: number, body: number): string {
  return body === start ? '' : bytes.toString('latin1', start, bytes[body - 1] === SPACE ? body - 1 : body);
}

function trimmed(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at;
}

function trimmedEnd(bytes: Buffer, start: number, end: number): number {
  let at = end;
  while (at > start && (bytes[at - 1] === SPACE || bytes[at - 1] === TAB || bytes[at - 1] === CARRIAGE_RETURN)) at--;
  return at;
}

const isFrame = (bytes: Buffer, at: number, end: number) =>
  end - at > 3 && bytes[at] === LETTER_A && bytes[at + 1] === LETTER_T && bytes[at + 2] === SPACE;

function isForeign(bytes: Buffer, start: number, end: number): boolean {
  for (const text of FOREIGN_BY_FIRST[bytes[start] ?? 0] ?? []) if (startsWith(bytes, start, end, text)) return true;
  return false;
}

function methodEnd(bytes: Buffer, start: number, end: number): number {
  let at = start;
  while (at < end && bytes[at] !== OPEN_PARENTHESIS) at++;
  return Math.min(at, start + LONGEST_PART);
}

/** The same message as text, the slow way: once for each kind. */
class MessageTexts {
  readonly #bytes: Buffer;
  readonly #start: number;
  readonly #end: number;
  readonly #orphan: boolean;

  constructor(bytes: Buffer, start: number, end: number, orphan: boolean) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
    this.#orphan = orphan;
  }

  read(): MessageText {
    const header = new Header();
    const lineEnd = endOfLine(this.#bytes, this.#start, this.#end);
    const body = bodyStart(this.#bytes, this.#start, lineEnd);
    const nothing = { category: '', chain: [], frames: [], frame: '', onlyIfKnown: true } as const;
    if (this.#orphan) return { ...nothing, level: 'info', message: this.#utf8(body, lineEnd) };
    headerAt(this.#bytes, body, trimmedEnd(this.#bytes, body, lineEnd), header);
    const json = header.dialect === 'json';
    const { message, details } = json ? this.#jsonParts(header) : this.#textParts(header, lineEnd);
    return {
      level: header.level,
      category: json ? this.#valueLines(header.json.category).join('\n') : this.#utf8(header.categoryStart, header.categoryEnd),
      message,
      ...split(details),
      onlyIfKnown: header.level === 'info',
    };
  }

  #textParts(header: Header, lineEnd: number): { message: string; details: readonly string[] } {
    const lines = this.#utf8(lineEnd + 1, this.#end)
      .split('\n')
      .map((line) => withoutTime(line).trim())
      .filter((line) => line !== '');
    const own = this.#utf8(header.messageStart, header.messageEnd);
    if (header.dialect === 'crash') return { message: own, details: [this.#utf8(header.messageEnd, lineEnd).trim(), ...lines] };
    if (header.dialect === 'console' && own === '') return { message: lines[0] ?? '', details: lines.slice(1) };
    return { message: own, details: lines };
  }

  #jsonParts({ json }: Header): { message: string; details: readonly string[] } {
    const text = json.message.end === 0 ? json.template : json.message;
    const details = this.#valueLines(json.exception).map((line) => line.trim());
    return { message: this.#valueLines(text)[0] ?? '', details: details.filter((line) => line !== '') };
  }

  #valueLines(value: Span): string[] {
    if (value.end === 0) return [];
    const scratch = Buffer.allocUnsafe(LONGEST_PART + 8);
    const text = new JsonText(scratch);
    text.open(this.#bytes, value, MESSAGE_LIMIT);
    const lines: string[] = [];
    while (lines.length < MOST_CHAIN_LINES + MOST_FRAMES && text.next()) lines.push(scratch.toString('utf8', 0, text.length));
    return lines;
  }

  #utf8(start: number, end: number): string {
    return this.#bytes.toString('utf8', start, Math.min(end, start + MESSAGE_LIMIT)).trimEnd();
  }
}

const withoutTime = (line: string) => {
  const bytes = Buffer.from(line.slice(0, 64));
  return line.slice(bodyStart(bytes, 0, bytes.length));
};

/** Exceptions and frames; of the frames those down to the first of the application's own. */
function split(details: readonly string[]): { chain: string[]; frames: string[]; frame: string } {
  const chain: string[] = [];
  const frames: string[] = [];
  for (const line of details) {
    if (line.startsWith('at ')) {
      frames.push(line);
      const bytes = Buffer.from(line);
      if (!isForeign(bytes, 3, bytes.length))
        return { chain, frames, frame: line.slice(3, line.includes('(') ? line.indexOf('(') : undefined) };
      if (frames.length >= MOST_FRAMES) break;
    } else if (frames.length === 0 && chain.length < MOST_CHAIN_LINES) chain.push(line.slice(0, LONGEST_PART));
  }
  return { chain, frames, frame: '' };
}
