import type { LogLine } from '../kubernetes/runtime.ts';
import type { ServiceError } from './service-error.ts';

type Level = 'INF' | 'WRN' | 'ERR' | 'FTL';

const KEEP_LINES = 4_000;

/** A container's output: Serilog's text format, `[HH:mm:ss LVL] SourceContext: message`, exceptions on lines of their own. */
export class PodLog {
  #lines: LogLine[] = [];
  #ended = false;

  lines(): readonly LogLine[] {
    return this.#lines;
  }

  write(level: Level, source: string, message: string, below: readonly string[] = []): void {
    const at = new Date();
    const header = `[${at.toISOString().slice(11, 19)} ${level}] ${source}: ${message}`;
    this.#append(at, [header, ...below]);
  }

  failure(source: string, message: string, error: ServiceError, level: Level = 'ERR'): void {
    this.write(level, source, message, linesOf(error));
  }

  /** What the runtime itself writes when an exception ends the process: it knows no logger. */
  unhandled(error: ServiceError): void {
    const [first = '', ...others] = linesOf(error);
    this.#append(new Date(), [`Unhandled exception. ${first}`, ...others]);
  }

  /** The process is gone: nothing is written any more. */
  end(): void {
    this.#ended = true;
  }

  #append(at: Date, lines: readonly string[]): void {
    if (this.#ended) return;
    for (const line of lines) this.#lines.push({ at, line });
    if (this.#lines.length > 1.25 * KEEP_LINES) this.#lines = this.#lines.slice(-KEEP_LINES);
  }
}

function linesOf({ chain, frames }: ServiceError): readonly string[] {
  return [...chain.map((text, depth) => (depth === 0 ? text : ` ---> ${text}`)), ...frames.map((frame) => `   at ${frame}`)];
}
