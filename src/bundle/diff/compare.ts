import type { Fact, Facts } from './facts.ts';

/** "+": the second bundle alone has it; "-": the first alone; "~": both, and it is not the same. */
export interface Change {
  readonly mark: '+' | '-' | '~';
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** How many times as much the second is, where it is an amount; else empty. */
  readonly times: string;
}

export interface Difference {
  readonly subject: string;
  readonly changes: readonly Change[];
  /** Changes that are not shown. */
  readonly more: number;
  /** Where only one of the bundles says anything about it, as the other may not have collected it. */
  readonly onlyIn: 'first' | 'second' | null;
}

const MOST_CHANGES = 40;
/** Amounts are never the same twice: less than this is none of a difference. */
const NOTABLE_TIMES = 1.5;
const ABSENT = '–';

/** What is different in `after`, by subject: what is new or gone first, then what has grown or shrunk most. */
export function compare(before: Facts, after: Facts): readonly Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((subject): Difference[] => {
    const old = before.get(subject);
    const now = after.get(subject);
    if (old === undefined || now === undefined) return [{ subject, changes: [], more: 0, onlyIn: old === undefined ? 'second' : 'first' }];
    const names = [...new Set([...old.keys(), ...now.keys()])].sort();
    const changes = names.flatMap((name) => changeOf(name, old.get(name), now.get(name))).sort((a, b) => rank(b) - rank(a));
    if (changes.length === 0) return [];
    const shown = changes.slice(0, MOST_CHANGES).map(({ change }) => change);
    return [{ subject, changes: shown, more: changes.length - shown.length, onlyIn: null }];
  });
}

interface Weighed {
  readonly change: Change;
  readonly weight: number;
}

const rank = ({ change, weight }: Weighed): number => (change.mark === '~' ? weight : 1e9 + weight);

function changeOf(name: string, old: Fact | undefined, now: Fact | undefined): Weighed[] {
  const change = { name, before: old?.text ?? ABSENT, after: now?.text ?? ABSENT, times: '' };
  if (old === undefined || now === undefined) {
    if ((old ?? now)?.quiet === true) return [];
    return [{ change: { ...change, mark: old === undefined ? '+' : '-' }, weight: old?.amount ?? now?.amount ?? 0 }];
  }
  if (old.amount === undefined || now.amount === undefined)
    return old.text === now.text ? [] : [{ change: { ...change, mark: '~' }, weight: 0 }];
  const times = timesAsMuch(old.amount, now.amount);
  if (times < NOTABLE_TIMES && times > 1 / NOTABLE_TIMES) return [];
  return [{ change: { ...change, mark: '~', times: timesText(times) }, weight: Math.max(times, 1 / times) }];
}

function timesAsMuch(old: number, now: number): number {
  if (old === now) return 1;
  return old === 0 ? Number.POSITIVE_INFINITY : now / old;
}

function timesText(times: number): string {
  if (times === 0 || times === Number.POSITIVE_INFINITY) return '';
  return times > 1 ? `×${Number(times.toPrecision(2))}` : `÷${Number((1 / times).toPrecision(2))}`;
}
