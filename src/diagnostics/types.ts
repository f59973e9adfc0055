import type { ReadClients } from '../clients/read-clients.ts';
import type { Diagnostics, NamedTarget } from '../config/settings.ts';
import type { Thresholds } from '../config/thresholds.ts';
import type { Question } from './question.ts';
import type { Asked, Facts, MissingReason, RemediationOffer, Verdict } from './report.ts';

/**
 * The vocabulary of a diagnosis. Sources collect (I/O), checks judge (pure), causes conclude (pure), topics name what
 * belongs together. Each is made by its `define…` function and found by the registry of its folder.
 */

/** What a source read: normalised, readonly data, redacted before anybody judges it. */
export interface Collected<Data> {
  readonly kind: 'collected';
  readonly source: string;
  readonly data: Data;
  /** False where a part could not be read: nothing may then be called ok. */
  readonly complete: boolean;
  /** What is lacking, where it is not complete. */
  readonly gap: Gap | null;
  readonly asked: Asked;
  readonly at: Date;
  readonly durationMs: number;
}

export interface Gap {
  readonly reason: MissingReason;
  readonly message: string;
  /** What would let the bot look: the exact rule, grant or setting. */
  readonly mend: string;
}

/** Failure is data too: why a source could not be read, and what would let it be. */
export interface Missing extends Gap {
  readonly kind: 'missing';
  /** The source that this one is built on and that is missing itself, where that is why. */
  readonly builtOn?: string;
  readonly source: string;
  readonly asked: Asked;
  readonly at: Date;
  readonly durationMs: number;
}

export type Evidence<Data> = Collected<Data> | Missing;

/** What `collect` returns: all of it, or what was there and what was not. `asked`: where it differs from what the source foretold. */
export type Reading<Data> =
  | { readonly data: Data; readonly complete: true; readonly asked?: Asked }
  | { readonly data: Data; readonly complete: false; readonly gap: Gap; readonly asked?: Asked };

/** A reading of statement statistics, with the time at which it was taken; kept by the worker, parsed by the source. */
export interface StatementSample {
  readonly takenAt: Date;
  readonly reading: unknown;
}

export interface SourceContext {
  readonly target: NamedTarget;
  readonly clients: ReadClients;
  readonly diagnostics: Diagnostics;
  readonly thresholds: Thresholds;
  /** When the run began; windows and ages are counted from here. */
  readonly now: Date;
  /** What the person added to the diagnosis. */
  readonly question: Question;
  /** Length of the window of rates, seconds. A verification passes one that starts at the execution. */
  readonly windowSeconds: number;
  /** Earlier readings of the statement statistics, in any order. */
  readonly statementSamples: readonly StatementSample[];
  /** Aborted at the source's own time limit and when the run is aborted. */
  readonly signal: AbortSignal;
  /** The data of another source, read once a run. Where it is missing, this source is missing for the same reason. */
  require<Data>(source: Source<Data>): Promise<Collected<Data>>;
}

export interface Source<Data> {
  readonly id: string;
  readonly title: string;
  /** The least permission that reading needs: an RBAC rule, a GRANT, or "none". */
  readonly permission: string;
  /** It is compared with earlier readings of the statement statistics: runs that know others of them get another answer. */
  readonly comparesSamples?: true;
  /** What is asked, ready to paste into a terminal. */
  asked(target: NamedTarget): Asked;
  /** Its own time limit, where the one of the configuration cannot be enough. Milliseconds. */
  timeoutMs?(target: NamedTarget): number;
  /** Throws ReadError (of clients) where it cannot be read; the runner turns it into missing evidence. */
  collect(context: SourceContext): Promise<Reading<Data>>;
}

export function defineSource<Data>(source: Source<Data>): Source<Data> {
  return source;
}

export type Needs = Readonly<Record<string, Source<unknown>>>;
export type CollectedOf<N extends Needs> = { readonly [Key in keyof N]: N[Key] extends Source<infer Data> ? Collected<Data> : never };

export interface JudgeContext {
  readonly target: NamedTarget;
  readonly now: Date;
  readonly thresholds: Thresholds;
  /** What the person added to the diagnosis. */
  readonly question: Question;
}

/** What a check saw. Facts are shown in the report as they are, so they carry the thresholds that they are held against. */
export interface Judgement<F extends Facts> {
  readonly verdict: Verdict;
  /** One sentence with the numbers. */
  readonly summary: string;
  readonly facts: F;
}

export interface Check<F extends Facts = Facts> {
  readonly id: string;
  readonly title: string;
  readonly sources: readonly Source<unknown>[];
  /** Undefined where a needed source is missing: the runner answers unknown. */
  evaluate(evidence: ReadonlyMap<string, Evidence<unknown>>, context: JudgeContext): Judgement<F> | undefined;
}

/** What a check states beside its verdict. */
export type FactsOf<C> = C extends Check<infer F> ? F : never;

interface CheckDefinition<N extends Needs, F extends Facts> {
  readonly id: string;
  readonly title: string;
  readonly needs: N;
  /** Synchronous, total and pure. Called only when every needed source was collected, at least in part. */
  judge(evidence: CollectedOf<N>, context: JudgeContext): Judgement<F>;
}

const checks = new WeakSet<object>();
const causes = new WeakSet<object>();
const topics = new WeakSet<object>();

export const isCheck = (value: unknown): value is Check => typeof value === 'object' && value !== null && checks.has(value);
export const isCause = (value: unknown): value is Cause => typeof value === 'object' && value !== null && causes.has(value);
export const isTopic = (value: unknown): value is Topic => typeof value === 'object' && value !== null && topics.has(value);

/** A check over named sources. The runner answers unknown for it where a source is missing, or where it says ok over a gap. */
export function defineCheck<const N extends Needs, F extends Facts>(definition: CheckDefinition<N, F>): Check<F> {
  const check: Check<F> = {
    id: definition.id,
    title: definition.title,
    sources: Object.values(definition.needs),
    evaluate(evidence, context) {
      const collected = pick(definition.needs, evidence);
      return collected === undefined ? undefined : definition.judge(collected, context);
    },
  };
  checks.add(check);
  return check;
}

function pick<N extends Needs>(needs: N, evidence: ReadonlyMap<string, Evidence<unknown>>): CollectedOf<N> | undefined {
  const entries = Object.entries(needs).map(([name, source]) => [name, evidence.get(source.id)] as const);
  if (entries.some(([, found]) => found?.kind !== 'collected')) return undefined;
  return Object.fromEntries(entries) as CollectedOf<N>; // a source's evidence is stored under its own id, so the type follows from it
}

/** The result of a check in a run. */
export interface CheckResult<F extends Facts = Facts> {
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  readonly summary: string;
  /** Null where nothing could be judged. */
  readonly facts: F | null;
  /** False where it rests on partial evidence. */
  readonly complete: boolean;
  readonly asked: readonly Asked[];
  readonly durationMs: number;
}

/** What a rule found: whether it holds, and the sentence that a person reads, with the numbers. */
export interface Finding {
  readonly holds: boolean | 'unknown';
  readonly because: string;
}

/** A rule over the facts of checks. */
export interface Rule {
  readonly checks: readonly string[];
  readonly definitions: readonly Check[];
  /** How much it speaks for the cause, among supports. */
  readonly weight: number;
  evaluate(results: ReadonlyMap<string, CheckResult>, context: JudgeContext): Finding;
}

export interface ConclusionContext extends JudgeContext {
  /** The facts of a check, or null where it could not be judged. */
  facts<F extends Facts>(check: Check<F>): F | null;
}

export interface CauseDefinition {
  readonly id: string;
  readonly title: string;
  /** Explained, and no alarm. */
  readonly benign?: true;
  /** All must hold. The first one that does not is why the cause is ruled out. */
  readonly requires: readonly [Rule, ...Rule[]];
  readonly supports?: readonly Rule[];
  /** Any one that holds rules the cause out. */
  readonly contradicts?: readonly Rule[];
  /** Holds where the mechanism itself was seen: the cause is then confirmed, else likely. */
  readonly direct?: Rule;
  /** Only a signature: the cause is possible, and offers nothing. */
  readonly signatureOnly?: true;
  /** Ids of checks (symptoms) and causes that it accounts for. */
  readonly explains: readonly string[];
  /** One or two sentences: what is going on. */
  summary(context: ConclusionContext): string;
  remediations?(context: ConclusionContext): readonly RemediationOffer[];
  advice?(context: ConclusionContext): readonly string[];
}

export interface Cause extends CauseDefinition {
  /** Each check that its rules read. */
  readonly checks: readonly Check[];
}

export function defineCause(definition: CauseDefinition): Cause {
  const rules = [
    ...definition.requires,
    ...(definition.supports ?? []),
    ...(definition.contradicts ?? []),
    ...(definition.direct === undefined ? [] : [definition.direct]),
  ];
  const read = new Map(rules.flatMap((rule) => rule.definitions).map((check) => [check.id, check]));
  const cause: Cause = { ...definition, checks: [...read.values()] };
  causes.add(cause);
  return cause;
}

export interface Topic {
  readonly id: string;
  readonly title: string;
  /** Other words that people type for it. */
  readonly aliases: readonly string[];
  /** The heading of the troubleshooting guide. */
  readonly guideSection: string;
  /** Other runbooks of the team: title, and path below RUNBOOK_URL. */
  readonly runbooks?: readonly { readonly title: string; readonly path: string }[];
  /** The first-level question that its symptoms answer, such as "Is the API responding?"; left out: made from the title. */
  readonly question?: string;
  /** Asks the symptoms of every topic first, and goes on into those that show one: the guide's flowchart. */
  readonly flowchart?: true;
  /** Takes the id of an execution. */
  readonly takesExecution?: true;
  readonly causes: readonly string[];
  /** Checks that show whether there is a problem at all. */
  readonly symptoms: readonly string[];
  /** Checks that no cause rests on, and that people want to see beside them. */
  readonly context: readonly string[];
}

export function defineTopic(topic: Topic): Topic {
  topics.add(topic);
  return topic;
}

/** One thing that a run looks at, as people see it while it runs. */
export interface ProgressEvent {
  readonly id: string;
  readonly title: string;
  readonly status: 'pending' | 'in_progress' | 'complete' | 'error';
  readonly detail: string | null;
}
