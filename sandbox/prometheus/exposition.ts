import { METRIC_NAME } from './labels.ts';

/** One line of a metrics page; `timestamp` (ms) only where the page states one. */
interface ExposedSample {
  readonly labels: readonly (readonly [string, string])[];
  readonly value: number;
  readonly timestamp: number | undefined;
}

type MetricType = 'counter' | 'gauge' | 'histogram' | 'summary' | 'untyped' | 'unknown';

/** What a page says about a metric. */
export interface MetricMetadata {
  type: MetricType;
  help: string;
}

export interface Exposition {
  readonly samples: readonly ExposedSample[];
  readonly metadata: ReadonlyMap<string, MetricMetadata>;
}

/** A page that is not in the text format: the scrape fails with this message. */
export class ExpositionError extends Error {}

const NAME = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const LABEL = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const QUOTED = /"((?:[^"\\\n]|\\.)*)"/y;
const SPACE = /[ \t]*/y;
const TYPES: readonly MetricType[] = ['counter', 'gauge', 'histogram', 'summary', 'untyped', 'unknown'];

/**
 * Reads Prometheus' text format 0.0.4, and of OpenMetrics what looks the same (`# EOF`, exemplars, which are left out).
 * Throws ExpositionError at the first line that is neither.
 */
export function parseExposition(page: string): Exposition {
  const samples: ExposedSample[] = [];
  const metadata = new Map<string, MetricMetadata>();
  for (const raw of page.split('\n')) {
    const line = raw.trim();
    if (line === '') continue;
    if (line.startsWith('#')) readComment(line, metadata);
    else samples.push(readSample(line));
  }
  return { samples, metadata };
}

function readComment(line: string, metadata: Map<string, MetricMetadata>): void {
  const found = /^#\s+(HELP|TYPE)\s+([a-zA-Z_:][\w:]*)\s?(.*)$/.exec(line);
  if (!found) return;
  const [, kind, name = '', text = ''] = found;
  const known = metadata.get(name) ?? { type: 'unknown', help: '' };
  if (kind === 'HELP') known.help = text.replace(/\\(n|\\)/g, (_whole, escaped) => (escaped === 'n' ? '\n' : '\\'));
  else known.type = readType(text.trim());
  metadata.set(name, known);
}

function readType(text: string): MetricType {
  const type = TYPES.find((candidate) => candidate === text);
  if (!type) throw new ExpositionError(`invalid metric type "${text}"`);
  return type;
}

function readSample(line: string): ExposedSample {
  const reader = new LineReader(line);
  const labels: [string, string][] = [[METRIC_NAME, reader.take(NAME) ?? reader.fail('is not a valid start token')]];
  reader.take(SPACE);
  if (reader.skip('{')) labels.push(...readLabels(reader));
  const [value, timestamp] = reader
    .rest()
    .replace(/ # .*$/, '')
    .trim()
    .split(/[ \t]+/);
  return { labels, value: readValue(value, line), timestamp: timestamp === undefined ? undefined : readTimestamp(timestamp) };
}

function readLabels(reader: LineReader): [string, string][] {
  const labels: [string, string][] = [];
  for (;;) {
    reader.take(SPACE);
    if (reader.skip('}')) return labels;
    const name = reader.take(LABEL) ?? reader.fail('expected label name or "}"');
    reader.take(SPACE);
    if (!reader.skip('=')) reader.fail('expected equal');
    reader.take(SPACE);
    const quoted = reader.take(QUOTED) ?? reader.fail('expected label value');
    labels.push([name, unescapeValue(quoted.slice(1, -1))]);
    reader.take(SPACE);
    reader.skip(',');
  }
}

/** Backslash, quote and line feed are escaped; any other backslash stands for itself. */
function unescapeValue(text: string): string {
  return text.replace(/\\([\\"n])/g, (_whole, escaped) => (escaped === 'n' ? '\n' : String(escaped)));
}

function readValue(text: string | undefined, line: string): number {
  if (text === undefined || text === '') throw new ExpositionError(`expected value after metric, got "${line}"`);
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = Number(text);
  if (Number.isNaN(value)) throw new ExpositionError(`strconv.ParseFloat: parsing "${text}": invalid syntax`);
  return value;
}

function readTimestamp(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new ExpositionError(`expected timestamp or new record, got "${text}"`);
  return Number(text);
}

class LineReader {
  readonly #line: string;
  #at = 0;

  constructor(line: string) {
    this.#line = line;
  }

  take(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#line)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  skip(character: string): boolean {
    if (this.#line[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  rest(): string {
    return this.#line.slice(this.#at);
  }

  fail(reason: string): never {
    throw new ExpositionError(`${JSON.stringify(this.#line.slice(this.#at, this.#at + 20))} ${reason}`);
  }
}
