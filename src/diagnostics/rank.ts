import type { Conclusion } from './conclude.ts';
import type { Certainty } from './report.ts';
import type { Cause } from './types.ts';

export type Concluded = Extract<Conclusion, { readonly kind: 'concluded' }>;

/** What else was found out. */
interface Circumstances {
  /** Ids of causes that are ruled out. */
  readonly ruledOut?: ReadonlySet<string>;
  /** Ids of checks that saw users suffer. */
  readonly suffered?: ReadonlySet<string>;
}

export interface Ranked {
  readonly conclusion: Concluded;
  /** The root that explains it; null: it is one. */
  readonly explainedBy: string | null;
  /** Ids of checks and causes that it accounts for, through other causes as well that are not ruled out. */
  readonly reaches: ReadonlySet<string>;
}

/**
 * Roots first, each followed by what it explains; where several roots explain it, it follows the nearest. Of roots that are as
 * certain, those lead that explain what users suffer from, by themselves or through what was concluded as well (a leak hurts nobody
 * before a pod runs out of memory), and then the best supported.
 *
 * A root is a concluded cause that no other one explains; where two explain each other, the better supported one is the root.
 * Causes that are merely possible explain nothing away, and what is ruled out hands nothing on: a leak that made no pod run out
 * of memory killed none. A benign root comes after those that are faults, however well it is supported, unless they are merely
 * possible: what is wrong leads the report.
 */
export function rank(
  concluded: readonly Concluded[],
  causes: ReadonlyMap<string, Cause>,
  { ruledOut = new Set(), suffered = new Set() }: Circumstances = {},
): readonly Ranked[] {
  const byScore = [...concluded].sort((a, b) => urgency(b) - urgency(a) || b.score - a.score || a.cause.id.localeCompare(b.cause.id));
  const reach = new Map(byScore.map(({ cause }) => [cause.id, reachOf(cause.id, causes, (id) => !ruledOut.has(id))]));
  const explains = (a: Concluded, b: Concluded) =>
    a !== b && a.certainty !== 'possible' && (reach.get(a.cause.id)?.has(b.cause.id) ?? false);
  // what is ruled out might have been in between: of two that could explain each other, the better supported one stays before
  const might = new Map(byScore.map(({ cause }) => [cause.id, reachOf(cause.id, causes, () => true)]));
  const mightExplain = (a: Concluded, b: Concluded) => a.certainty !== 'possible' && (might.get(a.cause.id)?.has(b.cause.id) ?? false);
  const demotes = (a: Concluded, b: Concluded) => explains(a, b) && (!mightExplain(b, a) || byScore.indexOf(a) < byScore.indexOf(b));
  const atWork = new Set(concluded.flatMap(({ certainty, cause }) => (certainty === 'possible' ? [] : [cause.id])));
  const hurts = ({ cause }: Concluded) => [...reachOf(cause.id, causes, (id) => atWork.has(id)).keys()].some((id) => suffered.has(id));
  const roots = byScore
    .filter((one) => !byScore.some((other) => demotes(other, one)))
    .sort((a, b) => urgency(b) - urgency(a) || sureness(b) - sureness(a) || Number(hurts(b)) - Number(hurts(a)));
  const distance = (a: Concluded, b: Concluded) => reach.get(a.cause.id)?.get(b.cause.id) ?? Number.POSITIVE_INFINITY;
  const rootOf = (one: Concluded) => roots.filter((root) => explains(root, one)).sort((a, b) => distance(a, one) - distance(b, one))[0];
  const ranked = (conclusion: Concluded, explainedBy: string | null): Ranked => ({
    conclusion,
    explainedBy,
    reaches: new Set(reach.get(conclusion.cause.id)?.keys()),
  });
  return roots.flatMap((root) => [
    ranked(root, null),
    ...byScore.filter((one) => !roots.includes(one) && rootOf(one) === root).map((one) => ranked(one, root.cause.id)),
  ]);
}

const SURENESS: readonly Certainty[] = ['possible', 'likely', 'confirmed'];
const sureness = ({ certainty }: Concluded) => SURENESS.indexOf(certainty);

/** Faults that are at least likely, then what is benign, then what is merely possible. */
function urgency({ certainty, cause }: Concluded): number {
  if (certainty === 'possible') return 0;
  return cause.benign === true ? 1 : 2;
}

/** Everything that a cause explains, and what that explains in turn, with how many steps away it is. Ends at what hands nothing on. */
function reachOf(id: string, causes: ReadonlyMap<string, Cause>, handsOn: (id: string) => boolean): ReadonlyMap<string, number> {
  const reached = new Map<string, number>();
  const waiting = [id];
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const steps = next === id ? 1 : (reached.get(next) ?? 0) + 1;
    for (const explained of causes.get(next)?.explains ?? []) {
      if (reached.has(explained)) continue;
      reached.set(explained, steps);
      if (handsOn(explained)) waiting.push(explained);
    }
  }
  return reached;
}
