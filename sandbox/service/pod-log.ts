import type { LogLine } from '../kubernetes/runtime.ts';
import type { ServiceError } from './service-error.ts';

type Level = 'INF' | 'WRN' | 'ERR';

const KEEP_LINES = 4_000;

/** A container's output: Serilog's text format, `[HH:mm:ss LVL] SourceContext: message`, exceptions on lines of their own. */
export class PodLog {
  #lines: LogLine[] = [];

  lines(): readonly LogLine[] {
    return this.#lines;
  }

  write(level: Level, source: string, message: string, below: readonly string[] = []): void {
    const at = new Date();
    const header = `[${at.toISOString().slice(11, 19)} ${level}] ${source}: ${message}`;
    for (const line of [header, ...below]) this.#lines.push({ at, line });
    if (this.#lines.length > 1.25 * KEEP_LINES) this.#lines = this.#lines.slice(-KEEP_LINES);
  }

  failure(source: string, message: string, error: ServiceError): void {
    const exceptions = error.chain.map((text, depth) => (depth === 0 ? text : ` ---> ${text}`));
    this.write('ERR', source, message, [...exceptions, ...error.frames.map((frame) => `   at ${frame}`)]);
  }
}
