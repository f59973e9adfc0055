import type { KnownBlock } from '@slack/types';
import type { Table } from '../../diagnostics/report.ts';
import { LIMIT, preformatted, section } from './blocks.ts';
import { escapeShort } from './text.ts';

const GAP = '  ';

/** A table as lines of equal columns, for fonts of one width. */
export function tableLines({ columns, rows }: Pick<Table, 'columns' | 'rows'>): string[] {
  const all = [columns, ...rows].map((row) => row.map((cell) => cell.replace(/\s+/g, ' ').trim()));
  const widths = columns.map((_, index) => Math.max(...all.map((row) => row[index]?.length ?? 0)));
  return all.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

/** A table with its title and its note, in as many blocks as it takes; the heading is repeated in each. */
export function tableBlocks(table: Table): KnownBlock[] {
  const [head = '', ...lines] = tableLines(table);
  const texts: string[] = [];
  for (const line of lines) {
    const last = texts.at(-1);
    if (last === undefined || last.length + line.length + 1 > LIMIT.sectionText) texts.push(`${head}\n${line}`);
    else texts[texts.length - 1] = `${last}\n${line}`;
  }
  const note = table.note === null ? '' : `\n_${escapeShort(table.note, 400)}_`;
  const empty = lines.length === 0 && table.note === null ? '\n_There is none._' : '';
  return [section(`*${escapeShort(table.title, 150)}*${note}${empty}`), ...texts.map(preformatted)];
}
