import type { Diagnosed } from './diagnose.ts';

/** One incident at one seed, and what was concluded about it. */
export interface Run {
  readonly incident: string;
  readonly seed: number;
  readonly truth: string | null;
  readonly diagnosed: Diagnosed;
}

export interface Figures {
  /** Share of the runs with a true cause in which it came first. */
  readonly top1: number;
  /** … in which it was among the first three. */
  readonly top3: number;
  /** Likely or confirmed causes, benign ones apart, concluded where nothing was wrong. */
  readonly falseAlarms: number;
  /** Share of all checks that could not look. */
  readonly unknownRate: number;
  /** Duration of a diagnosis. */
  readonly p50Ms: number;
  readonly p95Ms: number;
}

export const targets: Figures = { top1: 1, top3: 1, falseAlarms: 0, unknownRate: 0.05, p50Ms: 15_000, p95Ms: 30_000 };

export function figuresOf(runs: readonly Run[]): Figures {
  const sick = runs.filter((run) => run.truth !== null);
  const durations = runs.map((run) => run.diagnosed.durationMs).sort((a, b) => a - b);
  const checks = runs.flatMap((run) => run.diagnosed.checks);
  return {
    top1: share(sick, (run) => run.diagnosed.diagnoses[0]?.cause === run.truth),
    top3: share(sick, (run) => run.diagnosed.diagnoses.slice(0, 3).some((diagnosis) => diagnosis.cause === run.truth)),
    falseAlarms: runs.filter((run) => run.truth === null).flatMap(alarms).length,
    unknownRate: checks.length === 0 ? 1 : share(checks, (check) => check.verdict === 'unknown'),
    p50Ms: percentile(durations, 0.5),
    p95Ms: percentile(durations, 0.95),
  };
}

/** The figures that do not reach their targets. */
export function missedTargets(figures: Figures): readonly (keyof Figures)[] {
  const reached: Readonly<Record<keyof Figures, boolean>> = {
    top1: figures.top1 >= targets.top1,
    top3: figures.top3 >= targets.top3,
    falseAlarms: figures.falseAlarms <= targets.falseAlarms,
    unknownRate: figures.unknownRate <= targets.unknownRate,
    p50Ms: figures.p50Ms <= targets.p50Ms,
    p95Ms: figures.p95Ms <= targets.p95Ms,
  };
  return (Object.keys(targets) as (keyof Figures)[]).filter((name) => !reached[name]);
}

function alarms(run: Run): readonly string[] {
  return run.diagnosed.diagnoses.filter(({ certainty, benign }) => certainty !== 'possible' && !benign).map(({ cause }) => cause);
}

function share<Item>(items: readonly Item[], holds: (item: Item) => boolean): number {
  return items.length === 0 ? 0 : items.filter(holds).length / items.length;
}

/** The smallest value that at least this share of the values does not exceed (nearest rank). */
function percentile(sorted: readonly number[], rank: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * rank) - 1)] ?? 0;
}

/** One line a run, aligned. */
export function table(runs: readonly Run[]): string {
  const rows = runs.map((run) => [
    run.incident,
    String(run.seed),
    run.truth ?? '(none)',
    run.diagnosed.diagnoses.map(({ cause, certainty }) => `${cause} (${certainty})`).join(', ') || '(none)',
    run.diagnosed.checks
      .filter((check) => check.verdict === 'unknown')
      .map((check) => check.id)
      .join(' ') || '-',
    `${Math.round(run.diagnosed.durationMs)}`,
  ]);
  const all = [['incident', 'seed', 'truth', 'concluded', 'could not look', 'ms'], ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
