import type { Diagnosed } from './diagnose.ts';

/** What a person learns of an incident by one command. */
export interface Answer {
  readonly topic: string;
  readonly diagnosed: Diagnosed;
}

/** One incident at one seed, and what was concluded about it. */
export interface Run {
  readonly incident: string;
  readonly seed: number;
  readonly truth: string | null;
  /** The truth is a state that is no fault. */
  readonly benign: boolean;
  /** Causes that may rightly be concluded beside the truth. */
  readonly accepted: readonly string[];
  /** Why it could not be run. */
  readonly failure?: string;
  /** `diagnose` alone: the flowchart. */
  readonly auto: Answer;
  /** The topic that somebody who guesses right would name; undefined where nothing is wrong. */
  readonly own: Answer | undefined;
  /** Topics that have nothing to do with it. */
  readonly others: readonly Answer[];
}

export interface Figures {
  /** Share of the runs with a true cause in which `diagnose` alone named it first. */
  readonly top1: number;
  /** … in which it was among the first three. */
  readonly top3: number;
  /** Share in which the topic of its own named it first. */
  readonly topicTop1: number;
  /** Likely or confirmed causes, benign ones apart, concluded where nothing was wrong, or where the truth is benign. */
  readonly falseAlarms: number;
  /** Share of answers on sick worlds that name a root that is neither the truth nor accepted beside it. */
  readonly wrongRoots: number;
  /** Share of all checks that could not look. */
  readonly unknownRate: number;
  /** Duration of `diagnose` alone. */
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export const targets: Figures = {
  top1: 0.95,
  top3: 0.98,
  topicTop1: 0.95,
  falseAlarms: 0,
  wrongRoots: 0.05,
  unknownRate: 0.1,
  p50Ms: 15_000,
  p95Ms: 30_000,
};

const LOWER_IS_BETTER: ReadonlySet<keyof Figures> = new Set(['falseAlarms', 'wrongRoots', 'unknownRate', 'p50Ms', 'p95Ms']);

export function figuresOf(runs: readonly Run[]): Figures {
  const sick = runs.filter((run) => run.truth !== null);
  const durations = runs
    .filter((run) => run.failure === undefined)
    .map((run) => run.auto.diagnosed.durationMs)
    .sort((a, b) => a - b);
  const checks = runs.flatMap((run) => answersOf(run).flatMap(({ diagnosed }) => diagnosed.checks));
  const judged = sick.flatMap((run) => answersOf(run).map((answer) => ({ run, answer })));
  return {
    top1: share(sick, (run) => first(run.auto) === run.truth),
    top3: share(sick, (run) => run.auto.diagnosed.diagnoses.slice(0, 3).some(({ cause }) => cause === run.truth)),
    topicTop1: share(sick, (run) => run.failure === undefined && (run.own === undefined || first(run.own) === run.truth)),
    falseAlarms: runs
      .filter((run) => run.truth === null || run.benign)
      .flatMap(answersOf)
      .flatMap(alarms).length,
    wrongRoots: share(judged, ({ run, answer }) => wrongRootsOf(run, answer).length > 0),
    unknownRate: checks.length === 0 ? 1 : share(checks, (check) => check.verdict === 'unknown'),
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
  };
}

/** The figures that do not reach their targets. */
export function missedTargets(figures: Figures): readonly (keyof Figures)[] {
  const names = Object.keys(targets) as (keyof Figures)[]; // targets names every figure
  return names.filter((name) => (LOWER_IS_BETTER.has(name) ? figures[name] > targets[name] : figures[name] < targets[name]));
}

function answersOf({ auto, own, others }: Run): readonly Answer[] {
  return [auto, ...(own === undefined ? [] : [own]), ...others];
}

const first = ({ diagnosed }: Answer) => diagnosed.diagnoses[0]?.cause;

function alarms({ diagnosed }: Answer): readonly string[] {
  return diagnosed.diagnoses.filter(({ certainty, benign }) => certainty !== 'possible' && !benign).map(({ cause }) => cause);
}

/** Roots that are asserted and are neither the truth nor accepted beside it. */
function wrongRootsOf(run: Pick<Run, 'truth' | 'accepted'>, { diagnosed }: Answer): readonly string[] {
  return diagnosed.diagnoses
    .filter(({ certainty, role, benign }) => certainty !== 'possible' && role === 'root' && !benign)
    .map(({ cause }) => cause)
    .filter((cause) => cause !== run.truth && !run.accepted.includes(cause));
}

function share<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  return items.length === 0 ? 0 : items.filter(holds).length / items.length;
}

/** The smallest value that at least this share of the values does not exceed (nearest rank). */
function percentile(sorted: readonly number[], rank: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * rank) - 1)] ?? 0;
}

export const COLUMNS = ['incident', 'seed', 'topic', 'truth', '', 'concluded', 'could not look', 'ms'];

/** One line for each answer. */
export function rowsOf(runs: readonly Run[]): string[][] {
  return runs.flatMap((run) =>
    answersOf(run).map((answer) => {
      const { diagnoses, checks, durationMs } = answer.diagnosed;
      return [
        run.incident,
        String(run.seed),
        answer.topic,
        run.truth ?? '(none)',
        markOf(run, answer),
        run.failure ??
          (diagnoses.map(({ cause, certainty, role }) => `${role === 'root' ? '' : '> '}${cause} (${certainty})`).join(', ') || '(none)'),
        checks.flatMap(({ id, verdict }) => (verdict === 'unknown' ? [id] : [])).join(' ') || '-',
        String(Math.round(durationMs)),
      ];
    }),
  );
}

/** Whether an answer is right: `miss` where the truth does not come first, `extra` where something else is asserted as well. */
function markOf(run: Run, answer: Answer): string {
  if (run.failure !== undefined) return 'NOT RUN';
  if (run.truth === null) return alarms(answer).length > 0 ? 'ALARM' : 'ok';
  const expected = answer === run.auto || answer === run.own;
  if (expected && first(answer) !== run.truth) return 'MISS';
  if (run.benign && alarms(answer).length > 0) return 'ALARM';
  return wrongRootsOf(run, answer).length > 0 ? 'EXTRA' : 'ok';
}
