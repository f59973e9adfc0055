import { setTimeout as delay } from 'node:timers/promises';
import type { ReadClients } from '../clients/read-clients.ts';
import type { Logger } from '../config/logger.ts';
import type { NamedTarget, Settings } from '../config/settings.ts';
import { type CollectOptions, collectSources, startCollection } from './collect.ts';
import { composeReport } from './compose.ts';
import { statements } from './evidence/statements.ts';
import { enteredTopic, firstQuestions, stepsOf } from './flowchart.ts';
import { HISTORY_SOURCES, type LastHealthy, pastOf, withoutHistory } from './history.ts';
import { judge } from './judge.ts';
import { type LinkBases, linksOf } from './links.ts';
import { NO_QUESTION, type Question } from './question.ts';
import { createRedactor } from './redact.ts';
import { checksOf, type Registry } from './registry.ts';
import type { Report, Step } from './report.ts';
import { short } from './rules/phrases.ts';
import type { SharedReadings } from './shared-readings.ts';
import type { Snapshot } from './snapshot.ts';
import { snapshotOf } from './take-snapshot.ts';
import type { Check, CheckResult, Collected, Evidence, ProgressEvent, Source, StatementSample, Topic } from './types.ts';

export interface DiagnosisOptions {
  /** Id of a topic of the registry. */
  readonly topic: string;
  readonly target: NamedTarget;
  readonly settings: Pick<Settings, 'thresholds' | 'diagnostics'>;
  /** What the person added; left out: nothing. */
  readonly question?: Question;
  readonly registry: Registry;
  /** Ids of the remediations that can be offered; others are left out of the report. */
  readonly remediations: ReadonlySet<string>;
  readonly clients: ReadClients;
  readonly now: () => Date;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Values that must never be shown. */
  readonly secrets?: readonly string[];
  /** Earlier readings of the statement statistics; the youngest that is old enough is compared with. */
  readonly statementSamples?: readonly StatementSample[];
  readonly previousReport?: Report | null;
  /** Where the guide and the other runbooks are; left out: the report has no links. */
  readonly links?: LinkBases;
  /** How the service stood when it was last healthy; left out: the past is not looked at. */
  readonly history?: { readonly lastHealthy: LastHealthy | null };
  /** Readings that other runs of this process may use as well. */
  readonly shared?: SharedReadings;
  /** Length of the window of rates, where it is not the target's: a verification passes one that starts at the execution. */
  readonly windowSeconds?: number;
  onProgress?(event: ProgressEvent): void;
}

export interface DiagnosisResult {
  readonly report: Report;
  /** How the service stands, for a later run to compare with; null where the past is not looked at. */
  readonly snapshot: Snapshot | null;
  /**
   * Set where there was no reading of the statements to compare with: waits until one is old enough, reads again, and
   * answers with the amended report. Rejects only where the run's signal is aborted.
   */
  readonly secondReading?: () => Promise<Report>;
}

/**
 * Looks at everything that the causes of a topic need, and says what is wrong. Sources are read once, in parallel, each
 * with its own time limit; nothing that one of them does makes this reject. The flowchart asks its first questions, all at
 * once, and goes on into the sections that they lead to.
 * @throws Error where the topic is unknown, or the signal is aborted.
 */
export async function runDiagnosis(options: DiagnosisOptions): Promise<DiagnosisResult> {
  const asked = options.registry.topics.get(options.topic);
  if (asked === undefined) throw new Error(`there is no topic ${options.topic}`);
  const startedAt = options.now();
  const progress = createProgress(options.onProgress ?? (() => {}));
  const collection = startCollection({
    ...collectOptions(options, startedAt),
    statementSamples: options.statementSamples ?? [],
    onStart: progress.started,
    onEnd: progress.ended,
  });
  const look = async (checks: readonly Check[], more: readonly Source<unknown>[] = []) => {
    progress.begin(checks);
    const evidence = await collection.collect([...checks.flatMap((check) => check.sources), ...more]);
    options.signal.throwIfAborted();
    return evidence;
  };
  const past = options.history === undefined ? [] : HISTORY_SOURCES;
  const first = (checks: readonly Check[]) => look(checks, past);
  const plan = asked.flowchart === true ? await walkFlowchart(options, asked, startedAt, first) : { topic: asked, steps: [] };
  const checks = checksOf(plan.topic, options.registry);
  const everything = await look(checks, past);
  const read = { ...plan, checks, startedAt, everything, evidence: withoutHistory(everything, checks) };
  const snapshot = options.history === undefined ? null : snapshotOf(everything);
  const told = answer(options, read);
  progress.judged(told.results);
  const reading = statementsOf(read.evidence);
  if (reading === undefined || reading.data.compared !== null) return { report: told.report, snapshot };
  const secondReading = async () => {
    const again = await readStatementsAgain(options, reading);
    const second = answer(options, { ...read, evidence: new Map([...read.evidence, [statements.id, again]]) });
    progress.judged(second.results);
    return second.report;
  };
  return { report: told.report, snapshot, secondReading };
}

/** Asks the first questions, and makes one topic of the sections that they lead to. */
async function walkFlowchart(
  options: DiagnosisOptions,
  flowchart: Topic,
  startedAt: Date,
  look: (checks: readonly Check[]) => Promise<ReadonlyMap<string, Evidence<unknown>>>,
): Promise<{ topic: Topic; steps: readonly Step[] }> {
  const checks = firstQuestions(flowchart, options.registry);
  const results = judgeAll(options, checks, await look(checks), startedAt);
  const steps = stepsOf(options.registry, results);
  return { steps, topic: enteredTopic(flowchart, steps, options.registry) };
}

function judgeAll(
  { target, settings, question = NO_QUESTION, logger }: DiagnosisOptions,
  checks: readonly Check[],
  evidence: ReadonlyMap<string, Evidence<unknown>>,
  startedAt: Date,
): ReadonlyMap<string, CheckResult> {
  const context = { target, now: startedAt, thresholds: settings.thresholds, question };
  return new Map(checks.map((check) => [check.id, judge(check, evidence, context, logger)]));
}

/** How the sources of a run are read. */
export function collectOptions(options: DiagnosisOptions, now: Date): CollectOptions {
  const { target, clients, settings, signal, logger, secrets = [], windowSeconds, question = NO_QUESTION, shared } = options;
  const { kubernetes, database } = target;
  const publicNames = [kubernetes.namespace, kubernetes.deployment, target.name, ...database.applicationRoles];
  return {
    target,
    clients,
    diagnostics: settings.diagnostics,
    thresholds: settings.thresholds,
    now,
    question,
    signal,
    logger,
    redactor: createRedactor({ secrets, publicNames }),
    ...(windowSeconds === undefined ? {} : { windowSeconds }),
    ...(shared === undefined ? {} : { shared }),
  };
}

interface Read {
  readonly topic: Topic;
  readonly steps: readonly Step[];
  readonly checks: readonly Check[];
  readonly evidence: ReadonlyMap<string, Evidence<unknown>>;
  /** With what the past is made from. */
  readonly everything: ReadonlyMap<string, Evidence<unknown>>;
  readonly startedAt: Date;
}

function answer(
  options: DiagnosisOptions,
  { topic, steps, checks, evidence, everything, startedAt }: Read,
): { report: Report; results: ReadonlyMap<string, CheckResult> } {
  const { target, registry, remediations, settings, question = NO_QUESTION, previousReport = null } = options;
  const results = judgeAll(options, checks, evidence, startedAt);
  const compared = statementsOf(evidence)?.data.compared;
  const composed = composeReport({
    topic,
    steps,
    registry,
    remediations,
    results,
    evidence,
    context: { target, now: startedAt, thresholds: settings.thresholds, question },
    links: options.links === undefined ? [] : linksOf(topic, steps, registry, options.links),
    startedAt,
    finishedAt: options.now(),
    secondReading: compared === undefined ? 'not-needed' : compared === null ? 'pending' : 'done',
    previous: previousReport,
  });
  const { history } = options;
  const past = history === undefined ? {} : pastOf(composed.outcome, everything, history.lastHealthy, startedAt);
  const report = { ...composed, ...past };
  return { report, results };
}

type StatementEvidence = Collected<typeof statements extends Source<infer Data> ? Data : never>;

function statementsOf(evidence: ReadonlyMap<string, Evidence<unknown>>): StatementEvidence | undefined {
  const found = evidence.get(statements.id);
  return found?.kind === 'collected' ? (found as StatementEvidence) : undefined; // a source's evidence is stored under its own id
}

/** Time on top of the least distance of two readings, so that the younger one is not a moment too early. */
const MARGIN_MS = 250;

async function readStatementsAgain(options: DiagnosisOptions, first: StatementEvidence): Promise<Evidence<unknown>> {
  const { takenAt } = first.data.sample;
  const due = takenAt.getTime() + options.settings.diagnostics.statementPairMinimumSeconds * 1_000 + MARGIN_MS;
  await delay(Math.max(0, due - Date.now()), undefined, { signal: options.signal });
  const statementSamples = [...(options.statementSamples ?? []), first.data.sample];
  const again = await collectSources([statements], { ...collectOptions(options, options.now()), statementSamples });
  return again.get(statements.id) ?? first;
}

/** Tells of each check as its sources come in: pending, in progress with the first of them, complete or error with its verdict. */
function createProgress(tell: (event: ProgressEvent) => void) {
  let checks: readonly Check[] = [];
  const ended = new Map<string, Evidence<unknown>>();
  const started = new Set<string>();
  const of = (source: string) => checks.filter((check) => check.sources.some(({ id }) => id === source));
  const event = ({ id, title }: Check, status: ProgressEvent['status'], detail: string | null) => tell({ id, title, status, detail });
  return {
    /** More is looked at: what was told before stays. */
    begin(more: readonly Check[]): void {
      const added = more.filter(({ id }) => !checks.some((check) => check.id === id));
      checks = [...checks, ...added];
      for (const check of added) {
        const read = check.sources.filter(({ id }) => ended.has(id)).length;
        event(check, read === check.sources.length ? 'complete' : read > 0 ? 'in_progress' : 'pending', null);
      }
    },
    started({ id }: Source<unknown>): void {
      for (const check of of(id)) {
        if (started.has(check.id)) continue;
        started.add(check.id);
        event(check, 'in_progress', null);
      }
    },
    ended(evidence: Evidence<unknown>): void {
      ended.set(evidence.source, evidence);
      for (const check of of(evidence.source)) {
        if (!check.sources.every(({ id }) => ended.has(id))) continue;
        const missing = check.sources.map(({ id }) => ended.get(id)).find((one) => one?.kind === 'missing');
        event(check, missing === undefined ? 'complete' : 'error', missing?.kind === 'missing' ? short(missing.message) : null);
      }
    },
    judged(results: ReadonlyMap<string, CheckResult>): void {
      for (const check of checks) {
        const result = results.get(check.id);
        if (result !== undefined) event(check, result.verdict === 'unknown' ? 'error' : 'complete', short(result.summary));
      }
    },
  };
}
