import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

export interface Measured {
  readonly seconds: number;
  /** Error messages that were found. */
  readonly found: number;
  /** Kinds that they were told apart into. */
  readonly kinds: number;
  /** Largest resident size of the process; of the pipeline it is not measured. */
  readonly peakMb: number;
}

const Grouped = z.object({ seconds: z.number(), found: z.number(), kinds: z.number(), peakMb: z.number() });
const run = promisify(execFile);
const CHILD = fileURLToPath(new URL('./group-file.ts', import.meta.url));

/** The bot's grouping in a process of its own, from opening the file to the result; the start of Node is not counted. */
export async function measureGrouping(path: string): Promise<Measured> {
  const { stdout } = await run(process.execPath, [CHILD, path]);
  return Grouped.parse(JSON.parse(stdout));
}

/**
 * The pipeline as it is typed, all of its programs at once, from opening the file to its last line; the start of the shell
 * is not counted, as that of Node is not.
 */
export async function measurePipeline(pipeline: string, path: string): Promise<Measured> {
  const timed = `set -o pipefail; began=$EPOCHREALTIME; ${pipeline.replace('grep ERROR', 'grep ERROR "$1"')} > "$1.counts"; ended=$EPOCHREALTIME; echo "$began $ended"`;
  const { stdout } = await run('bash', ['-c', timed, 'pipeline', path]);
  const [began = 0, ended = 0] = stdout.trim().split(' ').map(Number);
  const { found, kinds } = await countsOf(`${path}.counts`);
  return { seconds: ended - began, found, kinds, peakMb: 0 };
}

async function countsOf(path: string): Promise<{ found: number; kinds: number }> {
  let found = 0;
  let kinds = 0;
  let rest = '';
  for await (const chunk of createReadStream(path, 'utf8')) {
    const lines = `${rest}${String(chunk)}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) found += Number.parseInt(line, 10) || 0;
    kinds += lines.length;
  }
  return { found, kinds };
}
