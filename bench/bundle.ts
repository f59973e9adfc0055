import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Made, makeOne, readLongestLog, runGuide, startStandIn } from './bundle/measure.ts';
import { OUTPUT_OPTIONS, printFigures, printJson, printTable, runBench } from './result/print.ts';

const usage = `npm run bench:bundle -- [options]

  --sizes LIST   bytes of all logs together (default 10e6,1e9,5e9)
  --pods N       that they are spread over (default 8)
  --latency N    milliseconds before each answer of the API (default 50)
  --json         print one JSON object last: bench, figures, targets, met
`;

const targets = { peakMb5Gb: 200 };
/** Of the first bundle, for which Node has compiled nothing yet. */
const FIRST_BYTES = 10e6;

interface Row {
  readonly bytes: number;
  readonly made: Made;
  readonly guideSeconds: number;
  readonly longestSeconds: number;
}

/** A bundle of logs of several sizes: how long it takes beside the guide's four commands, and how much memory. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string', default: '10e6,1e9,5e9' },
      pods: { type: 'string', default: '8' },
      latency: { type: 'string', default: '50' },
      ...OUTPUT_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const folder = await mkdtemp(join(tmpdir(), 'hotswap-bench-'));
  try {
    const [pods, latencyMs] = [Number(values.pods), Number(values.latency)];
    const first = await measure(folder, { bytes: FIRST_BYTES, pods, latencyMs });
    const rows: Row[] = [];
    for (const bytes of values.sizes.split(',').map(Number)) rows.push(await measure(folder, { bytes, pods, latencyMs }));
    report(first, rows, values.json);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measure(folder: string, size: { bytes: number; pods: number; latencyMs: number }): Promise<Row> {
  process.stderr.write(`${size.bytes / 1e6} MB … `);
  const standIn = await startStandIn(folder, size);
  try {
    const guideSeconds = await runGuide(standIn);
    const longestSeconds = await readLongestLog(standIn);
    const made = await makeOne(standIn);
    process.stderr.write(`${made.seconds.toFixed(1)} s\n`);
    return { bytes: size.bytes, made, guideSeconds, longestSeconds };
  } finally {
    await standIn.close();
  }
}

const mbPerS = ({ made }: Row) => made.logBytes / 1e6 / made.seconds;

function report(first: Row, rows: readonly Row[], json: boolean): void {
  const head = ['logs MB', 'made s', 'MB/s', 'second look s', 'peak MB, made', 'peak MB', 'archive MB', 'guide s', 'longest log s'];
  const cells = rows.map((row) => [
    String(row.bytes / 1e6),
    row.made.seconds.toFixed(2),
    mbPerS(row).toFixed(0),
    row.made.scanSeconds.toFixed(2),
    row.made.madePeakMb.toFixed(0),
    row.made.peakMb.toFixed(0),
    (row.made.archiveBytes / 1e6).toFixed(1),
    row.guideSeconds.toFixed(2),
    row.longestSeconds.toFixed(2),
  ]);
  printTable(head, cells);
  const [smallest] = rows;
  const longest = rows.at(-1);
  if (smallest === undefined || longest === undefined) return;
  const peakOf = (bytes: number) => rows.find((row) => row.bytes === bytes)?.made.peakMb;
  const figures = {
    speedupOverGuide: smallest.guideSeconds / smallest.made.seconds,
    peakMb10Mb: peakOf(10e6),
    peakMb5Gb: peakOf(5e9),
    peakMbFirst: first.made.peakMb,
    mbPerS: mbPerS(longest),
    secondLookShare: longest.made.scanSeconds / (longest.made.seconds + longest.made.scanSeconds),
    timeOverLongestLog: longest.made.seconds / longest.longestSeconds,
  };
  const met = figures.peakMb5Gb !== undefined && figures.peakMb5Gb < targets.peakMb5Gb;
  printFigures(figures);
  if (json) printJson({ bench: 'bundle', figures, targets, met });
}

runBench(main);
