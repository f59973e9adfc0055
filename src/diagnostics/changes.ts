import type { Report } from './report.ts';
import { percent, seconds } from './rules/phrases.ts';

/** What is different since an earlier report of the same topic and target, in sentences. */
export function changesSince(before: Report, after: Report): string[] {
  return [...causeChanges(before, after), ...numberChanges(before, after), ...verdictChanges(before, after)];
}

function causeChanges(before: Report, after: Report): string[] {
  const had = new Map(before.diagnoses.map((one) => [one.cause, one]));
  const has = new Map(after.diagnoses.map((one) => [one.cause, one]));
  const gone = [...had.values()].filter(({ cause }) => !has.has(cause)).map(({ title, cause }) => `Gone: ${title} (${cause}).`);
  const come = [...has.values()].filter(({ cause }) => !had.has(cause)).map(({ title, cause }) => `New: ${title} (${cause}).`);
  const other = [...has.values()].flatMap(({ cause, title, certainty, summary }) => {
    const old = had.get(cause);
    if (old === undefined) return [];
    if (old.certainty !== certainty) return [`${title}: ${old.certainty} before, ${certainty} now.`];
    return old.summary === summary ? [] : [`${title}: ${summary}`];
  });
  return [...gone, ...come, ...other];
}

/** The numbers that people follow. */
const NUMBERS: readonly {
  readonly check: string;
  readonly fact: string;
  readonly name: string;
  readonly show: (value: number) => string;
}[] = [
  { check: 'prom.latency', fact: 'p95Seconds', name: 'p95', show: seconds },
  { check: 'prom.error_rate', fact: 'serverErrorRatio', name: 'Error rate', show: percent },
  { check: 'k8s.metrics', fact: 'cpuMeanRatio', name: 'CPU', show: percent },
  { check: 'pg.locks', fact: 'waiters', name: 'Sessions waiting for a lock', show: String },
  { check: 'k8s.deployment', fact: 'available', name: 'Available replicas', show: String },
];

function numberChanges(before: Report, after: Report): string[] {
  return NUMBERS.flatMap(({ check, fact, name, show }) => {
    const old = numberOf(before, check, fact);
    const now = numberOf(after, check, fact);
    if (old === undefined || now === undefined || show(old) === show(now)) return [];
    return [`${name}: ${show(old)} before, ${show(now)} now.`];
  });
}

function numberOf(report: Report, check: string, fact: string): number | undefined {
  const value = report.checks.find(({ id }) => id === check)?.facts[fact];
  return typeof value === 'number' ? value : undefined;
}

function verdictChanges(before: Report, after: Report): string[] {
  return after.checks.flatMap(({ id, title, verdict }) => {
    const old = before.checks.find((check) => check.id === id)?.verdict;
    return old === undefined || old === verdict ? [] : [`${title} (${id}): ${old} before, ${verdict} now.`];
  });
}
