import type { Report } from '../../diagnostics/report.ts';

/** A fact of a check as the report has it; undefined where it has none. */
export function factSeen(report: Report | null, check: string, fact: string): unknown {
  return report?.checks.find(({ id }) => id === check)?.facts[fact];
}

/** The number, or null where it is none. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}

/** The text, or null where it is none. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
