import type { Conclusion } from './conclude.ts';
import type { Cause } from './types.ts';

export type Concluded = Extract<Conclusion, { readonly kind: 'concluded' }>;

export interface Ranked {
  readonly conclusion: Concluded;
  /** The root that explains it; null: it is one. */
  readonly explainedBy: string | null;
  /** Ids of checks and causes that it accounts for, through other causes as well. */
  readonly reaches: ReadonlySet<string>;
}

/**
 * Roots first, the best supported first, each followed by what it explains. A root is a concluded cause that no other one
 * explains; where two explain each other, the better supported one is the root. Causes that are merely possible explain
 * nothing away. A benign root comes after those that are faults, however well it is supported, unless they are merely possible:
 * what is wrong leads the report.
 */
export function rank(concluded: readonly Concluded[], causes: ReadonlyMap<string, Cause>): readonly Ranked[] {
  const byScore = [...concluded].sort((a, b) => urgency(b) - urgency(a) || b.score - a.score || a.cause.id.localeCompare(b.cause.id));
  const reach = new Map(byScore.map(({ cause }) => [cause.id, reachOf(cause.id, causes)]));
  const explains = (a: Concluded, b: Concluded) =>
    a !== b && a.certainty !== 'possible' && (reach.get(a.cause.id)?.has(b.cause.id) ?? false);
  const demotes = (a: Concluded, b: Concluded) => explains(a, b) && (!explains(b, a) || byScore.indexOf(a) < byScore.indexOf(b));
  const roots = byScore.filter((one) => !byScore.some((other) => demotes(other, one)));
  const ranked = (conclusion: Concluded, explainedBy: string | null): Ranked => ({
    conclusion,
    explainedBy,
    reaches: reach.get(conclusion.cause.id) ?? new Set(),
  });
  return roots.flatMap((root) => [
    ranked(root, null),
    ...byScore
      .filter((one) => !roots.includes(one) && roots.find((candidate) => explains(candidate, one)) === root)
      .map((one) => ranked(one, root.cause.id)),
  ]);
}

/** Faults that are at least likely, then what is benign, then what is merely possible. */
function urgency({ certainty, cause }: Concluded): number {
  if (certainty === 'possible') return 0;
  return cause.benign === true ? 1 : 2;
}

/** Everything that a cause explains, and what that explains in turn. Cycles end where they begin. */
function reachOf(id: string, causes: ReadonlyMap<string, Cause>): ReadonlySet<string> {
  const reached = new Set<string>();
  const waiting = [id];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    for (const explained of causes.get(next)?.explains ?? []) {
      if (reached.has(explained)) continue;
      reached.add(explained);
      waiting.push(explained);
    }
  }
  return reached;
}
