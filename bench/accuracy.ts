import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pLimit from 'p-limit';
import { freePort } from '../sandbox/free-port.ts';
import type { Incident } from '../sandbox/incident.ts';
import { loadIncidents } from '../sandbox/incident-registry.ts';
import { startRealPrometheus } from '../sandbox/prometheus/real.ts';
import { draws } from '../sandbox/random.ts';
import { diagnose } from './accuracy/diagnose.ts';
import { type Answer, COLUMNS, figuresOf, missedTargets, type Run, rowsOf, targets } from './accuracy/figures.ts';
import { startSandboxProcess } from './accuracy/sandbox-process.ts';
import { OUTPUT_OPTIONS, printFigures, printJson, printTable, runBench } from './result/print.ts';

const usage = `npm run bench:accuracy -- [options]

  --runs N               seeds for each incident (default 3)
  --only ID[,ID]         these incidents alone
  --topic ID             the incidents of this topic alone
  --at-once N            worlds that run beside each other (default 1)
  --first-seed N         the first seed (default 1)
  --debian-prometheus    a fresh Debian Prometheus for each world, instead of the stand-in
  --prometheus URL       a Prometheus that takes its targets from http_sd at http://127.0.0.1:PORT/world/targets, with --port PORT
  --json                 print one JSON object last: bench, figures, targets, met
`;

/** `diagnose` without a topic. */
const FLOWCHART = 'auto';
const READY_WITHIN_MS = 240_000;
const SCRAPE_INTERVAL_MS = 2_500;

interface Settings {
  readonly prometheus: string | undefined;
  readonly port: string | undefined;
  readonly debian: boolean;
}

/**
 * Each incident at several seeds, in random order, each in a world of its own, diagnosed from a terminal: `diagnose` alone, then its
 * own topic, then one that has nothing to do with it (every topic where nothing is wrong).
 */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '3' },
      only: { type: 'string' },
      topic: { type: 'string' },
      'at-once': { type: 'string', default: '1' },
      'first-seed': { type: 'string', default: '1' },
      prometheus: { type: 'string' },
      port: { type: 'string' },
      'debian-prometheus': { type: 'boolean', default: false },
      ...OUTPUT_OPTIONS,
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    return;
  }
  const settings: Settings = { prometheus: values.prometheus, port: values.port, debian: values['debian-prometheus'] };
  const wanted = values.only?.split(',');
  const all = [...(await loadIncidents()).values()];
  const topics = [...new Set(all.map(({ topic }) => topic))].filter((topic) => topic !== FLOWCHART).sort();
  const incidents = all.filter(({ id, topic }) => (wanted?.includes(id) ?? true) && (values.topic === undefined || topic === values.topic));
  const first = Number(values['first-seed']);
  const plan = shuffle(
    incidents.flatMap((incident) => Array.from({ length: Number(values.runs) }, (_, index) => ({ incident, seed: first + index }))),
    first,
  );
  if (plan.length === 0) throw new Error(`nothing to run\n${usage}`);
  const limit = pLimit(Number(values['at-once']));
  const runs = await Promise.all(
    plan.map(({ incident, seed }, index) =>
      limit(async () => {
        const run = await diagnoseOne(incident, seed, topics, settings).catch((error: unknown) => notRun(incident, seed, error));
        process.stderr.write(`${index + 1} of ${plan.length}: ${incident.id}, seed ${seed}: ${verdictOf(run)}\n`);
        return run;
      }),
    ),
  );
  report(runs, values.json);
}

/** Topics that have nothing to do with an incident: one, drawn by the seed; all of them where nothing is wrong. */
function strangers({ truth, topic }: Incident, seed: number, topics: readonly string[]): readonly string[] {
  const others = topics.filter((other) => other !== topic);
  return truth === null || others.length === 0 ? others : [draws(seed).branch(`stranger of ${topic}`).pick(others)];
}

/** A world that did not come up, or whose trouble did not show: nothing was found out, which counts as a miss. */
function notRun({ id, truth, benign, accepted = [] }: Incident, seed: number, error: unknown): Run {
  const failure = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  const diagnosed = { durationMs: 0, diagnoses: [], checks: [] };
  return {
    incident: id,
    seed,
    truth,
    benign: benign === true,
    accepted,
    failure,
    auto: { topic: FLOWCHART, diagnosed },
    own: undefined,
    others: [],
  };
}

function verdictOf({ truth, failure, auto, own }: Run): string {
  if (failure !== undefined) return `not run: ${failure}`;
  const named = ({ diagnosed }: Answer) => diagnosed.diagnoses[0]?.cause ?? 'nothing';
  return `${[auto, ...(own === undefined ? [] : [own])].map((answer) => `${answer.topic}: ${named(answer)}`).join(', ')} (${truth ?? 'nothing'})`;
}

async function diagnoseOne(incident: Incident, seed: number, topics: readonly string[], settings: Settings): Promise<Run> {
  const prometheus = settings.debian ? await startDebianPrometheus() : undefined;
  const port = prometheus?.port ?? settings.port;
  const url = prometheus?.url ?? settings.prometheus;
  try {
    const sandbox = await startSandboxProcess([
      ...['--incident', incident.id, '--seed', String(seed)],
      ...(url === undefined ? [] : ['--prometheus', url]),
      ...(port === undefined ? [] : ['--port', port]),
    ]);
    try {
      const question = await sandbox.untilReady(incident.id, READY_WITHIN_MS);
      const ask = async (topic: string, added = {}): Promise<Answer> => ({
        topic,
        diagnosed: await diagnose(sandbox.environment, topic, added),
      });
      const auto = await ask(FLOWCHART);
      const own = incident.topic === FLOWCHART ? undefined : await ask(incident.topic, question);
      const others: Answer[] = [];
      for (const topic of strangers(incident, seed, topics)) others.push(await ask(topic));
      const { id, truth, benign = false, accepted = [] } = incident;
      return { incident: id, seed, truth, benign, accepted, auto, own, others };
    } finally {
      await sandbox.close();
    }
  } finally {
    await prometheus?.close();
  }
}

/** A Prometheus that learns its targets from the sandbox that will listen on that port. */
async function startDebianPrometheus(): Promise<{ url: string; port: string; close: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'hotswap-prometheus-'));
  const port = String(await freePort());
  const discovery = { url: `http://127.0.0.1:${port}/world/targets` };
  const prometheus = await startRealPrometheus({ directory, scrapeIntervalMs: SCRAPE_INTERVAL_MS, discovery });
  const close = async (): Promise<void> => {
    await prometheus.close();
    await rm(directory, { recursive: true, force: true });
  };
  return { url: prometheus.url, port, close };
}

function report(runs: readonly Run[], json: boolean): void {
  const figures = figuresOf(runs);
  const missed = missedTargets(figures);
  printTable(COLUMNS, rowsOf(runs));
  printFigures({ ...figures });
  if (missed.length > 0) process.stdout.write(`\nmissed: ${missed.join(', ')}\n`);
  if (json) printJson({ bench: 'accuracy', figures, targets, met: missed.length === 0 });
}

function shuffle<Item>(items: readonly Item[], seed: number): readonly Item[] {
  const random = draws(seed);
  return items
    .map((item) => ({ item, at: random.next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

runBench(main);
