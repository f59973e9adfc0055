import { z } from 'zod';
import type { Report } from '../../diagnostics/report.ts';

/** A session that a person may choose. */
export interface SessionChoice {
  readonly pid: number;
  readonly backendStart: string;
  readonly label: string;
}

const Row = z.object({ pid: z.int().positive(), backendStart: z.string() });
const Described = z.object({ state: z.string().optional(), role: z.string().optional(), idleSeconds: z.number().optional() });

/** Each session with pid and start of its backend that the facts or offers of a report name, once. */
export function sessionsSeen(report: Report | null): readonly SessionChoice[] {
  if (report === null) return [];
  const rows = [
    ...report.diagnoses.flatMap(({ remediations }) => remediations.map(({ params }): unknown => params)),
    ...report.checks.flatMap(({ facts }) => Object.values(facts).flatMap((fact): unknown[] => (Array.isArray(fact) ? fact : []))),
  ];
  const found = new Map<string, SessionChoice>();
  for (const raw of rows) {
    const row = Row.safeParse(raw);
    if (!row.success) continue;
    const { pid, backendStart } = row.data;
    found.set(`${pid}/${backendStart}`, { pid, backendStart, label: labelOf(pid, raw) });
  }
  return [...found.values()];
}

function labelOf(pid: number, raw: unknown): string {
  const { state, role, idleSeconds: idle } = Described.catch({}).parse(raw);
  const words = [role, state, idle === undefined ? undefined : `${Math.round(idle)} s`].filter((word) => word !== undefined);
  return [`pid ${pid}`, ...words].join(', ').slice(0, 75);
}
