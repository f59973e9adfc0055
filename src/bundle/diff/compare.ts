import type { Facts } from './facts.ts';

interface Difference {
  readonly subject: string;
  readonly lines: readonly string[];
  /** Differences that are not shown. */
  readonly more: number;
}

const MOST_LINES = 40;
const LONGEST_TEXT = 160;

/** What is different in `after`, by subject: "+" is new, "-" is gone, "~" has changed. */
export function compare(before: Facts, after: Facts): readonly Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((subject) => {
    const old = before.get(subject);
    const now = after.get(subject);
    if (old === undefined || now === undefined) return [onlyOne(subject, old === undefined)];
    const lines = [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => lineOf(name, old.get(name), now.get(name)));
    return lines.length === 0 ? [] : [{ subject, lines: lines.slice(0, MOST_LINES), more: Math.max(0, lines.length - MOST_LINES) }];
  });
}

/** Nothing known is not the same as nothing there: it may not have been collected. */
const onlyOne = (subject: string, isNew: boolean): Difference => ({
  subject,
  lines: [`only the ${isNew ? 'second' : 'first'} bundle says anything about this`],
  more: 0,
});

function lineOf(name: string, old: string | undefined, now: string | undefined): string[] {
  if (old === now) return [];
  if (old === undefined) return [`+ ${name}: ${short(now ?? '')}`];
  if (now === undefined) return [`- ${name}: ${short(old)}`];
  return [`~ ${name}: ${short(old)} → ${short(now)}`];
}

const short = (text: string) => (text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text);
