import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { METRIC_NAME } from './labels.ts';
import { goFloat } from './numbers.ts';
import type { HistorySeries } from './server.ts';

/**
 * Writes history as OpenMetrics text, the input of `promtool tsdb create-blocks-from openmetrics`, so that a real
 * Prometheus can start with what `appendHistory` gives the stand-in. The format has no stale markers: `ended` is left out.
 */
export async function writeOpenMetrics(file: string, history: Iterable<HistorySeries>): Promise<void> {
  await pipeline(Readable.from(chunks(history)), createWriteStream(file));
}

function* chunks(history: Iterable<HistorySeries>): Generator<string> {
  for (const { labels, timestamps, values } of history) {
    const { [METRIC_NAME]: name = '', ...rest } = labels;
    const body = Object.entries(rest).map(([label, value]) => `${label}="${escaped(value)}"`);
    const head = `${name}{${body.join(',')}}`;
    yield Array.from(timestamps, (time, index) => `${head} ${goFloat(values[index] ?? Number.NaN)} ${time / 1000}\n`).join('');
  }
  yield '# EOF\n';
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
