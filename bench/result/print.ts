import { inspect } from 'node:util';
import { tableLines } from '../../src/slack/render/table.ts';

/** Options of every bench. */
export const OUTPUT_OPTIONS = { json: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } as const;

/** What a bench has found out, as other programs read it. */
interface Result {
  readonly bench: string;
  readonly figures: object;
  readonly targets: object;
  readonly met: boolean;
}

export function printTable(columns: string[], rows: string[][]): void {
  process.stdout.write(`${tableLines({ columns, rows }).join('\n')}\n`);
}

/** A line for each figure, below a table. */
export function printFigures(figures: Readonly<Record<string, number | undefined>>): void {
  const rows = Object.entries(figures).map(([name, value]) => [
    name,
    value === undefined ? 'not measured' : String(Number(value.toFixed(4))),
  ]);
  process.stdout.write('\n');
  printTable(['figure', 'value'], rows);
}

/** One line, and the last of all. */
export function printJson(result: Result): void {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/** Runs a bench; where it breaks off, says why and ends with 1. */
export function runBench(main: () => Promise<void>): void {
  main().catch((error: unknown) => {
    process.stderr.write(`\n${inspect(error)}\n`);
    process.exitCode = 1;
  });
}
