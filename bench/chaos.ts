import { parseArgs } from 'node:util';
import { endedJobs } from './chaos/effects.ts';
import { attemptsOf, type Fault, judge, shortfalls, targetsOf } from './chaos/figures.ts';
import { type Result, runBackend, type Settings } from './chaos/run-backend.ts';
import { secondsOf } from './chaos/stages.ts';
import { OUTPUT_OPTIONS, printJson, printTable, runBench } from './result/print.ts';

const usage = `npm run bench:chaos -- [options]

  --approvals N          approvals on each backend (default 2000)
  --backend NAME         redis, postgres or both (default both)
  --lanes N              targets that are worked on at once (default 48)
  --seed N               of what is clicked and what is killed (default 1)
  --minutes N            each backend must have its approvals within so long, else the targets are missed (default 30)
  --limits               Slack's rate limits hold; take fewer lanes then, as all of them are in one workspace
  --keep                 leaves logs and databases where they are, and says where
  --json                 print one JSON object last: bench, figures, targets, met
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      approvals: { type: 'string', default: '2000' },
      backend: { type: 'string', default: 'both' },
      lanes: { type: 'string', default: '48' },
      seed: { type: 'string', default: '1' },
      minutes: { type: 'string', default: '30' },
      limits: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
      ...OUTPUT_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const backends = (['redis', 'postgres'] as const).filter((name) => values.backend === 'both' || values.backend === name);
  if (backends.length === 0) throw new Error(`there is no backend ${values.backend}\n${usage}`);
  const number = (name: 'approvals' | 'lanes' | 'seed' | 'minutes'): number => {
    const value = Number(values[name]);
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1\n${usage}`);
    return value;
  };
  const settings: Settings = {
    approvals: number('approvals'),
    lanes: number('lanes'),
    seed: number('seed'),
    minutes: number('minutes'),
    limits: values.limits,
    keep: values.keep,
  };
  const results: Result[] = [];
  for (const backend of backends) results.push(await runBackend(backend, settings));
  report(results, settings, values.json);
}

function report(results: readonly Result[], { approvals: wanted }: Settings, json: boolean): void {
  const judged = results.map((result) => ({ ...result, ...judge(result.ledger) }));
  const rows = judged.map(({ figures, damage, clicks, lostAnswers, seconds, ledger }) => ({
    ...figures,
    endedJobs: endedJobs(ledger.writes),
    requests: ledger.requests.length,
    clicks: clicks.clicks,
    clicksOnMessages: clicks.onMessages,
    ...attemptsOf(ledger),
    lostAnswers,
    ...damage,
    seconds,
  }));
  const stages = judged.map((result) => secondsOf(result.stages));
  const text = ({ p50, p90 }: { readonly p50: number; readonly p90: number }) => `${p50.toFixed(1)}, ${p90.toFixed(1)}`;
  printTable(
    ['', ...judged.map(({ backend }) => backend)],
    [
      ...tableOf(rows.map((row) => Object.entries(row).map(([name, value]) => [name, String(value)]))),
      ...tableOf(stages.map((row) => Object.entries(row).map(([name, value]) => [`${name}: seconds of half, of 9 in 10`, text(value)]))),
    ],
  );
  for (const { backend, faults } of judged) for (const fault of faults) process.stdout.write(`${backend}: ${line(fault)}\n`);
  const missed = judged.flatMap(({ backend, figures, damage }) =>
    shortfalls(figures, { kills: damage.kills, wanted }).map((what) => `${backend}: ${what}`),
  );
  if (missed.length > 0) process.stdout.write(`\nthe targets are missed\n${missed.join('\n')}\n`);
  if (!json) return;
  const figures = Object.fromEntries(judged.map(({ backend }, at) => [backend, { ...rows[at], stages: stages[at] }]));
  const targets = Object.fromEntries(judged.map(({ backend, damage }) => [backend, targetsOf({ kills: damage.kills, wanted })]));
  printJson({ bench: 'chaos', figures, targets, met: missed.length === 0 });
}

/** Columns of named values, side by side. */
function tableOf(columns: readonly (readonly (readonly string[])[])[]): string[][] {
  return (columns[0] ?? []).map(([name = ''], at) => [name, ...columns.map((column) => column[at]?.[1] ?? '')]);
}

const line = ({ kind, request, detail }: Fault): string => `${kind.padEnd(12)} ${request}  ${detail}`;

runBench(main);
