import { setTimeout as delay } from 'node:timers/promises';
import type { ReadClients } from '../clients/read-clients.ts';
import type { Logger } from '../config/logger.ts';
import type { NamedTarget, Settings } from '../config/settings.ts';
import { type CollectOptions, collectSources } from './collect.ts';
import { composeReport } from './compose.ts';
import { statements } from './evidence/statements.ts';
import { judge } from './judge.ts';
import { NO_QUESTION, type Question } from './question.ts';
import { createRedactor } from './redact.ts';
import { checksOf, type Registry } from './registry.ts';
import type { Report } from './report.ts';
import { short } from './rules/phrases.ts';
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
  /** Length of the window of rates, where it is not the target's: a verification passes one that starts at the execution. */
  readonly windowSeconds?: number;
  onProgress?(event: ProgressEvent): void;
}

export interface DiagnosisResult {
  readonly report: Report;
  /**
   * Set where there was no reading of the statements to compare with: waits until one is old enough, reads again, and
   * answers with the amended report. Rejects only where the run's signal is aborted.
   */
  readonly secondReading?: () => Promise<Report>;
}

/**
 * Looks at everything that the causes of a topic need, and says what is wrong. Sources are read once, in parallel, each
 * with its own time limit; nothing that one of them does makes this reject.
 * @throws Error where the topic is unknown, or the signal is aborted.
 */
export async function runDiagnosis(options: DiagnosisOptions): Promise<DiagnosisResult> {
  const topic = options.registry.topics.get(options.topic);
  if (topic === undefined) throw new Error(`there is no topic ${options.topic}`);
  const startedAt = options.now();
  const checks = checksOf(topic, options.registry);
  const progress = createProgress(checks, options.onProgress ?? (() => {}));
  const sources = new Map(checks.flatMap((check) => check.sources).map((source) => [source.id, source]));
  const evidence = await collectSources(sources.values(), {
    ...collectOptions(options, startedAt),
    statementSamples: options.statementSamples ?? [],
    onStart: progress.started,
    onEnd: progress.ended,
  });
  options.signal.throwIfAborted();
  const first = answer(options, { topic, checks, evidence, startedAt });
  progress.judged(first.results);
  const reading = statementsOf(evidence);
  if (reading === undefined || reading.data.compared !== null) return { report: first.report };
  const secondReading = async () => {
    const again = await readStatementsAgain(options, reading);
    const amended = new Map([...evidence, [statements.id, again]]);
    const second = answer(options, { topic, checks, evidence: amended, startedAt });
    progress.judged(second.results);
    return second.report;
  };
  return { report: first.report, secondReading };
}

function collectOptions(options: DiagnosisOptions, now: Date): CollectOptions {
  const { target, clients, settings, signal, logger, secrets = [], windowSeconds, question = NO_QUESTION } = options;
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
  };
}

interface Read {
  readonly topic: Topic;
  readonly checks: readonly Check[];
  readonly evidence: ReadonlyMap<string, Evidence<unknown>>;
  readonly startedAt: Date;
}

function answer(
  options: DiagnosisOptions,
  { topic, checks, evidence, startedAt }: Read,
): { report: Report; results: ReadonlyMap<string, CheckResult> } {
  const { target, registry, remediations, logger, settings, question = NO_QUESTION, previousReport = null } = options;
  const context = { target, now: startedAt, thresholds: settings.thresholds, question };
  const results = new Map(checks.map((check) => [check.id, judge(check, evidence, context, logger)]));
  const compared = statementsOf(evidence)?.data.compared;
  const report = composeReport({
    topic,
    registry,
    remediations,
    results,
    evidence,
    context,
    startedAt,
    finishedAt: options.now(),
    secondReading: compared === undefined ? 'not-needed' : compared === null ? 'pending' : 'done',
    previous: previousReport,
  });
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
function createProgress(checks: readonly Check[], tell: (event: ProgressEvent) => void) {
  const ended = new Map<string, Evidence<unknown>>();
  const started = new Set<string>();
  const of = (source: string) => checks.filter((check) => check.sources.some(({ id }) => id === source));
  const event = ({ id, title }: Check, status: ProgressEvent['status'], detail: string | null) => tell({ id, title, status, detail });
  for (const check of checks) event(check, 'pending', null);
  return {
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
