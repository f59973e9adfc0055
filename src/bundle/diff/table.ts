import type { Change, Difference } from './compare.ts';

const NAME = 78;
const VALUE = 44;
const GAP = '  ';

/** The differences for a terminal: a table for each subject, its columns as wide as they must be. */
export function tables(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'Nothing that is compared is different.';
  return differences.map(table).join('\n\n');
}

function table({ subject, changes, more, onlyIn }: Difference): string {
  if (onlyIn !== null) return `${subject}\n  Only the ${onlyIn} bundle says anything about this: the other one may not have collected it.`;
  const rows = changes.map(cells);
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0), HEAD[column]?.length ?? 0));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(GAP)
      .trimEnd();
  return [`${subject}`, `  ${line(HEAD)}`, ...rows.map((row) => `  ${line(row)}`), ...(more > 0 ? [`  … and ${more} more`] : [])].join(
    '\n',
  );
}

const HEAD: readonly string[] = ['', 'before', 'after', ''];

const cells = ({ mark, name, before, after, times }: Change): string[] => [
  `${mark} ${short(name, NAME)}`,
  short(before, VALUE),
  short(after, VALUE),
  times,
];

/** One line, without what would move the terminal's cursor. */
function short(text: string, longest: number): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ');
  return line.length > longest ? `${line.slice(0, longest - 1)}…` : line;
}
