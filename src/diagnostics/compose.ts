import { changesSince } from './changes.ts';
import { type Conclusion, conclude } from './conclude.ts';
import { type Concluded, type Ranked, rank } from './rank.ts';
import type { Registry } from './registry.ts';
import type { Diagnosis, EvidenceLine, Link, Report, Step } from './report.ts';
import { factsOf, severityOf } from './severity.ts';
import type { CheckResult, ConclusionContext, Evidence, JudgeContext, Missing, Topic } from './types.ts';
import { headlineOf, nextStepOf } from './wording.ts';

export interface Composition {
  readonly topic: Topic;
  /** Of the flowchart; empty for the other topics. */
  readonly steps: readonly Step[];
  readonly registry: Registry;
  /** Ids of the remediations that can be offered. */
  readonly remediations: ReadonlySet<string>;
  readonly results: ReadonlyMap<string, CheckResult>;
  readonly evidence: ReadonlyMap<string, Evidence<unknown>>;
  readonly context: JudgeContext;
  readonly links: readonly Link[];
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly secondReading: Report['secondReading'];
  readonly previous: Report | null;
}

/** What the severity is judged by: checks of what users see. */
const USERS_SEE = ['http.health', 'k8s.deployment', 'prom.error_rate', 'prom.latency'];

/** The report, from what the checks found. Pure. */
export function composeReport(composition: Composition): Report {
  const { topic, steps, registry, results, context, links, startedAt, finishedAt, secondReading, previous } = composition;
  const conclusions = topic.causes.flatMap((id) => registry.causes.get(id) ?? []).map((cause) => conclude(cause, results, context));
  const ranked = rank(
    conclusions.filter((one) => one.kind === 'concluded'),
    registry.causes,
    {
      ruledOut: new Set(conclusions.flatMap((one) => (one.kind === 'ruled-out' ? [one.cause.id] : []))),
      suffered: new Set(USERS_SEE.filter((id) => results.get(id)?.verdict === 'fail')),
    },
  );
  const diagnoses = ranked.map((one) => diagnosis(one, ranked, composition));
  const undecided = conclusions.flatMap((one) => (one.kind === 'undecided' ? [one] : []));
  const notSeen = notSeenIn(composition.evidence);
  const checks = [...results.values()].map(({ complete: _, facts, ...check }) => ({
    ...check,
    facts: facts ?? {},
    asked: [...check.asked],
  }));
  const outcome = outcomeOf(diagnoses, undecided, topic, results);
  const confirmed = diagnoses.some(({ certainty, benign }) => certainty === 'confirmed' && !benign);
  const severity = outcome === 'healthy' || outcome === 'explained' ? null : severityOf(results, context.thresholds, confirmed);
  const said = {
    topic,
    outcome,
    severity,
    diagnoses,
    undecided,
    notSeen,
    checks,
    secondReading,
    deployment: context.target.kubernetes.deployment,
  };
  const report: Report = {
    schema: 'hotswap.report/1',
    topic: topic.id,
    target: context.target.name,
    question: context.question,
    startedAt: startedAt.toISOString(),
    finishedAt: finishedAt.toISOString(),
    durationMs: finishedAt.getTime() - startedAt.getTime(),
    outcome,
    severity,
    headline: headlineOf(said),
    flow: [...steps],
    diagnoses,
    ruledOut: ruledOutIn(conclusions),
    undecided: undecided.map(({ cause, because, checks: ids }) => ({ cause: cause.id, title: cause.title, because, checks: [...ids] })),
    checks,
    notSeen,
    nextStep: nextStepOf(said),
    secondReading,
    tables: [],
    sinceHealthy: null,
    timeline: [],
    links: [...links],
    changes: [],
  };
  return { ...report, changes: previous === null ? [] : changesSince(previous, report) };
}

function diagnosis(
  { conclusion, explainedBy, reaches }: Ranked,
  all: readonly Ranked[],
  { results, context, remediations }: Composition,
): Diagnosis {
  const { cause, certainty } = conclusion;
  const facts: ConclusionContext = { ...context, facts: (check) => factsOf(check, results) };
  const symptoms = [...results.values()].filter(({ id, verdict }) => reaches.has(id) && (verdict === 'warn' || verdict === 'fail'));
  const causes = all.filter((other) => other.conclusion.cause !== cause && reaches.has(other.conclusion.cause.id));
  return {
    cause: cause.id,
    title: cause.title,
    certainty,
    benign: cause.benign === true,
    role: explainedBy === null ? 'root' : 'consequence',
    explainedBy,
    explains: [...symptoms.map(({ id }) => id), ...causes.map((other) => other.conclusion.cause.id)].sort(),
    summary: cause.summary(facts),
    evidence: evidenceLines(conclusion, results),
    remediations: certainty === 'possible' ? [] : (cause.remediations?.(facts) ?? []).filter(({ id }) => remediations.has(id)),
    advice: [...(cause.advice?.(facts) ?? [])],
  };
}

function evidenceLines({ support }: Concluded, results: ReadonlyMap<string, CheckResult>): EvidenceLine[] {
  const lines = support.map(({ rule, finding }) => ({
    check: rule.checks[0] ?? '',
    text: finding.because,
    asked: [...new Map(rule.checks.flatMap((id) => results.get(id)?.asked ?? []).map((asked) => [asked.command, asked])).values()],
  }));
  return [...new Map(lines.map((line) => [line.text, line])).values()];
}

/** Those first of whose requirements the most hold: what a person would have suspected. */
function ruledOutIn(conclusions: readonly Conclusion[]): Report['ruledOut'] {
  return conclusions
    .flatMap((one) => (one.kind === 'ruled-out' ? [one] : []))
    .sort((a, b) => b.held - a.held)
    .map(({ cause, because }) => ({ cause: cause.id, title: cause.title, because }));
}

/** What could not be read, and what would let it be; what lacks the same thing for the same reason is one. */
export function notSeenIn(evidence: ReadonlyMap<string, Evidence<unknown>>): Report['notSeen'] {
  return merge([...evidence.values()].flatMap(notSeenOf));
}

function notSeenOf(evidence: Evidence<unknown>): Report['notSeen'] {
  const gap = evidence.kind === 'missing' ? evidence : evidence.gap;
  if (gap === null || (evidence.kind === 'missing' && evidence.builtOn !== undefined)) return []; // what it is built on is told of itself
  const { reason, message, mend }: Pick<Missing, 'reason' | 'message' | 'mend'> = gap;
  return [{ source: evidence.source, reason, message, mend, asked: evidence.asked }];
}

/** Sources that lack the same thing for the same reason, as one. */
function merge(all: Report['notSeen']): Report['notSeen'] {
  const merged = new Map<string, Report['notSeen'][number]>();
  for (const one of all.sort((a, b) => a.source.localeCompare(b.source))) {
    const key = JSON.stringify([one.reason, one.message, one.mend]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? one : { ...known, source: `${known.source}, ${one.source}` });
  }
  return [...merged.values()];
}

function outcomeOf(
  diagnoses: readonly Diagnosis[],
  undecided: readonly unknown[],
  topic: Topic,
  results: ReadonlyMap<string, CheckResult>,
): Report['outcome'] {
  if (diagnoses.some(({ benign }) => !benign)) return 'cause-found';
  if (undecided.length > 0) return 'could-not-look';
  const explained = new Set(diagnoses.flatMap(({ explains }) => explains));
  const bad = [...results.values()].filter(({ id, verdict }) => verdict === 'fail' || (verdict === 'warn' && topic.symptoms.includes(id)));
  if (bad.some(({ id }) => !explained.has(id))) return 'no-cause-found';
  if (topic.symptoms.some((id) => (results.get(id)?.verdict ?? 'unknown') === 'unknown' && !explained.has(id))) return 'could-not-look';
  return diagnoses.length > 0 ? 'explained' : 'healthy';
}
