import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Measured, measureGrouping, measurePipeline } from './logs/measure.ts';
import { type Written, writeLog } from './logs/sample-log.ts';
import { OUTPUT_OPTIONS, printFigures, printJson, printTable, runBench } from './result/print.ts';

const usage = `npm run bench:logs -- [options]

The pipeline runs as a shell runs it, in the locale of whoever starts the bench: sort is slower where letters
have an order of their own (LC_ALL=en_US.UTF-8) than where their bytes are compared (C.UTF-8).

  --bytes N   size of each file (default 1e9)
  --runs N    times that each is measured; the median counts (default 3)
  --json      print one JSON object last: bench, figures, targets, met
`;

/** Of the lines, those that begin an error: the share that counts, and two that are shown beside it. */
const SHARE = 0.05;
const OTHER_SHARES = [0.001, 0.5];
const PIPELINE = 'grep ERROR | cut -d: -f3 | sort | uniq -c | sort -rn';

/** In which sort compares; the first that is set counts, as for every program. */
const LOCALE = process.env.LC_ALL || process.env.LC_COLLATE || process.env.LANG || 'C';

const targets = { throughputOverPipeline: 1, peakMb: 150 };

interface Row {
  readonly share: number;
  readonly bytes: number;
  readonly written: Written;
  readonly grouping: Measured;
  readonly pipeline: Measured;
}

/** The bot's grouping of logs and the guide's pipeline over the same files, in turns. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      bytes: { type: 'string', default: '1e9' },
      runs: { type: 'string', default: '3' },
      ...OUTPUT_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const directory = await mkdtemp(join(tmpdir(), 'hotswap-logs-'));
  try {
    const rows: Row[] = [];
    for (const share of [SHARE, ...OTHER_SHARES])
      rows.push(await measure(join(directory, 'pods.log'), share, Number(values.bytes), Number(values.runs)));
    report(rows, values.json);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function measure(path: string, share: number, bytes: number, runs: number): Promise<Row> {
  process.stderr.write(`${share * 100} % errors: writing … `);
  const written = writeLog(path, { bytes, errorShare: share });
  const grouping: Measured[] = [];
  const pipeline: Measured[] = [];
  for (let run = 0; run < runs; run++) {
    process.stderr.write(`${run + 1} `);
    pipeline.push(await measurePipeline(PIPELINE, path));
    grouping.push(await measureGrouping(path));
  }
  process.stderr.write('\n');
  const row = { share, bytes: (await stat(path)).size, written, grouping: median(grouping), pipeline: median(pipeline) };
  if (row.grouping.found !== written.errors) throw new Error(`${written.errors} errors were written, and ${row.grouping.found} were found`);
  return row;
}

/** The run in the middle, with the worst peak of all. */
function median(measured: readonly Measured[]): Measured {
  const sorted = [...measured].sort((a, b) => a.seconds - b.seconds);
  const middle = sorted[Math.floor(sorted.length / 2)];
  if (middle === undefined) throw new Error('nothing was measured');
  return { ...middle, peakMb: Math.max(...measured.map(({ peakMb }) => peakMb)) };
}

const speed = (row: Row, { seconds }: Measured) => `${Math.round(row.bytes / 1e6 / seconds)} MB/s`;

function report(rows: readonly Row[], json: boolean): void {
  const head = ['error lines', 'lines', 'errors', 'grouping', 'finds', 'groups', 'pipeline', 'finds', 'rows', 'ratio', 'peak MB'];
  const cells = rows.map((row) => [
    `${row.share * 100} %`,
    String(row.written.lines),
    String(row.written.errors),
    speed(row, row.grouping),
    String(row.grouping.found),
    String(row.grouping.kinds),
    speed(row, row.pipeline),
    String(row.pipeline.found),
    String(row.pipeline.kinds),
    (row.pipeline.seconds / row.grouping.seconds).toFixed(2),
    String(Math.round(row.grouping.peakMb)),
  ]);
  printTable(head, cells);
  process.stdout.write(`The pipeline's locale is ${LOCALE}.\n`);
  const [main_] = rows;
  if (main_ === undefined) return;
  const figures = {
    throughputOverPipeline: main_.pipeline.seconds / main_.grouping.seconds,
    peakMb: Math.max(...rows.map(({ grouping }) => grouping.peakMb)),
    groupingMbPerSecond: main_.bytes / 1e6 / main_.grouping.seconds,
    pipelineMbPerSecond: main_.bytes / 1e6 / main_.pipeline.seconds,
  };
  const met = figures.throughputOverPipeline >= targets.throughputOverPipeline && figures.peakMb < targets.peakMb;
  printFigures(figures);
  if (json) printJson({ bench: 'logs', figures, targets, met });
}

runBench(main);
