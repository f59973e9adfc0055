import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { pino } from 'pino';
import { createReadClients, type ReadClients } from '../src/clients/read-clients.ts';
import { loadConfiguration } from '../src/config/environment.ts';
import { findTarget } from '../src/config/settings.ts';
import { takeStatementSample } from '../src/diagnostics/evidence/statements.ts';
import { loadRegistry } from '../src/diagnostics/registry.ts';
import type { Report } from '../src/diagnostics/report.ts';
import { type DiagnosisOptions, runDiagnosis } from '../src/diagnostics/run.ts';
import { shareReadings } from '../src/diagnostics/shared-readings.ts';
import type { StatementSample } from '../src/diagnostics/types.ts';
import { startSandboxProcess } from './accuracy/sandbox-process.ts';
import { countReads } from './diagnose/counting-clients.ts';
import { guideCommands, type Places } from './diagnose/guide-commands.ts';
import { runGuide } from './diagnose/run-guide.ts';
import { OUTPUT_OPTIONS, printFigures, printJson, printTable, runBench } from './result/print.ts';

const usage = `npm run bench:diagnose -- [options]

  --rounds N   how often each topic and its commands are run, in turn (default 5)
  --only ID    this topic alone
  --json       print one JSON object last: bench, figures, targets, met
`;

const PEOPLE = 50;
const ASKED_BY_ALL = 'latency';
const READY_WITHIN_MS = 120_000;
/** As often as the worker samples the statements, so that one reading is always old enough. */
const SAMPLE_EVERY_MS = 12_000;
const SAMPLES_KEPT = 5;

/** How much faster than the guide is told, and has no target: what is looked at is not the same. */
const WALL_TARGET = 1.2;

interface Row {
  readonly topic: string;
  readonly guideMs: number;
  readonly commands: string;
  readonly botMs: number;
  readonly speedup: number;
  readonly slowestReadMs: number;
  readonly wallOverSlowest: number;
  readonly reads: number;
}

/** Each topic against the guide's own commands, on the same systems, in turn; and what many people cost who ask at once. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: 'string', default: '5' },
      only: { type: 'string' },
      ...OUTPUT_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const sandbox = await startSandboxProcess(['--incident', 'healthy', '--seed', '1']);
  const bot = await openBot(sandbox.environment);
  try {
    await Promise.all([sandbox.untilReady('healthy', READY_WITHIN_MS), bot.untilSampled()]);
    const commands = guideCommands(bot.places);
    const rows: Row[] = [];
    for (const topic of Object.keys(commands).filter((id) => bot.topics.has(id) && (values.only ?? id) === id))
      rows.push(await compare(topic, commands[topic] ?? [], bot, Number(values.rounds)));
    const reads = await readsOfACrowd(bot);
    report(rows, reads, values.json);
  } finally {
    await bot.close();
    await sandbox.close();
  }
}

interface Bot {
  readonly places: Places;
  readonly topics: ReadonlySet<string>;
  readonly clients: ReadClients;
  /** Resolves when there is a reading of the statements to compare with, as a worker that runs has one. */
  untilSampled(): Promise<void>;
  ask(topic: string, more?: Partial<DiagnosisOptions>): Promise<Report>;
  close(): Promise<void>;
}

async function openBot(environment: Readonly<Record<string, string>>): Promise<Bot> {
  const { settings, variables, endpoint, secrets } = loadConfiguration({ names: ['KUBECONFIG'], access: 'read' }, environment);
  const registry = await loadRegistry();
  const target = findTarget(settings, 'production');
  if (target === undefined) throw new Error('the sandbox has no target production');
  const timeoutMs = settings.diagnostics.readTimeoutMs;
  const clients = createReadClients({ target, kubeconfig: variables.KUBECONFIG, endpoint, timeoutMs });
  const samples: StatementSample[] = [];
  const sample = async () => {
    samples.unshift(await takeStatementSample(clients.postgres, AbortSignal.timeout(timeoutMs)));
  };
  const sampling = setInterval(() => void sample().catch(() => {}), SAMPLE_EVERY_MS);
  const ask = async (topic: string, more: Partial<DiagnosisOptions> = {}): Promise<Report> => {
    const { report, secondReading } = await runDiagnosis({
      ...{ topic, target, settings, registry, clients, secrets },
      remediations: new Set<string>(),
      statementSamples: samples.slice(0, SAMPLES_KEPT),
      now: () => new Date(),
      signal: new AbortController().signal,
      logger: pino({ level: 'silent' }),
      ...more,
    });
    return secondReading === undefined ? report : await secondReading();
  };
  const address = (name: string) => environment[name] ?? '';
  return {
    places: {
      kubeconfig: variables.KUBECONFIG ?? '',
      databaseUrl: address('PRODUCTION_DATABASE_URL'),
      prometheusUrl: address('PRODUCTION_PROMETHEUS_URL'),
      apiUrl: address('PRODUCTION_API_URL'),
      vaultUrl: environment.PRODUCTION_VAULT_ADDRESS?.split(',')[0],
    },
    topics: new Set(registry.topics.keys()),
    clients,
    ask,
    untilSampled: async () => {
      await sample();
      await delay(settings.diagnostics.statementPairMinimumSeconds * 1_000);
    },
    close: async () => {
      clearInterval(sampling);
      await clients.close();
    },
  };
}

/** The guide and the bot in turn, so that what else the machine does falls on both. Medians. */
async function compare(topic: string, commands: Parameters<typeof runGuide>[0], bot: Bot, rounds: number): Promise<Row> {
  await bot.ask(topic); // connections are open in a worker that runs
  const guide: number[] = [];
  const own: number[] = [];
  const ratios: number[] = [];
  const slowest: number[] = [];
  let told = '';
  let reads = 0;
  for (let round = 0; round < rounds; round++) {
    const run = await runGuide(commands, bot.places);
    told = `${run.ran}${run.skipped.length === 0 ? '' : ` (no ${run.skipped.join(', ')})`}`;
    guide.push(run.milliseconds);
    const counted = countReads(bot.clients);
    const began = performance.now();
    const answer = await bot.ask(topic, { clients: counted.clients });
    const wall = performance.now() - began;
    own.push(wall);
    reads = counted.reads();
    slowest.push(slowestRead(answer));
    ratios.push(wall / slowestRead(answer));
  }
  const [guideMs, botMs] = [median(guide), median(own)];
  process.stderr.write(`${topic}: guide ${Math.round(guideMs)} ms, bot ${Math.round(botMs)} ms\n`);
  return {
    ...{ topic, guideMs, commands: told, botMs, reads },
    speedup: guideMs / botMs,
    slowestReadMs: median(slowest),
    wallOverSlowest: median(ratios),
  };
}

/** The longest that one source of evidence took, without its waits for others. */
function slowestRead({ checks }: Report): number {
  return Math.max(1, ...checks.map((check) => check.durationMs));
}

/** Reads for one person, and for many who ask the same at once, each in a channel of their own. */
async function readsOfACrowd(bot: Bot): Promise<{ readonly one: number; readonly many: number }> {
  const asked = async (people: number): Promise<number> => {
    const counted = countReads(bot.clients);
    const shared = shareReadings(30);
    await Promise.all(Array.from({ length: people }, () => bot.ask(ASKED_BY_ALL, { clients: counted.clients, shared })));
    return counted.reads();
  };
  return { one: await asked(1), many: await asked(PEOPLE) };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** The ratio to the slowest read is that of all topics together: of a topic that takes 40 ms the table shows what is added to its reads. */
function report(rows: readonly Row[], reads: { readonly one: number; readonly many: number }, json: boolean): void {
  const figures = {
    speedupOverGuide: median(rows.map(({ speedup }) => speedup)),
    wallOverSlowestRead: sum(rows.map(({ botMs }) => botMs)) / sum(rows.map(({ slowestReadMs }) => slowestReadMs)),
    worstOverheadMs: Math.max(...rows.map(({ botMs, slowestReadMs }) => botMs - slowestReadMs)),
    readsFor50: reads.many,
    readsFor1: reads.one,
  };
  const targets = { wallOverSlowestRead: WALL_TARGET, readsFor50: reads.one };
  const met = figures.wallOverSlowestRead <= targets.wallOverSlowestRead && figures.readsFor50 <= targets.readsFor50;
  const cells = rows.map((row) => [
    row.topic,
    String(Math.round(row.guideMs)),
    row.commands,
    String(Math.round(row.botMs)),
    row.speedup.toFixed(2),
    String(Math.round(row.slowestReadMs)),
    row.wallOverSlowest.toFixed(2),
    String(row.reads),
  ]);
  printTable(['topic', 'guide ms', 'commands', 'bot ms', 'guide/bot', 'slowest read ms', 'wall/slowest read', 'reads'], cells);
  process.stdout.write(`\n${PEOPLE} people who ask at once: ${reads.many} reads; one: ${reads.one}\n`);
  printFigures(figures);
  if (json) printJson({ bench: 'diagnose', figures, targets, met });
}

runBench(main);
