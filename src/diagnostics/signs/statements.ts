import type { pgIndexes } from '../checks/pg.indexes.ts';
import { pgStatements } from '../checks/pg.statements.ts';
import { milliseconds, percent, short } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import type { FactsOf } from '../types.ts';

/** Rules that several causes share: what statements do. */

export type StatementFacts = FactsOf<typeof pgStatements>;
export type IndexFacts = FactsOf<typeof pgIndexes>;

export interface UnindexedTable {
  readonly table: string;
  /** True where a plan shows the scan, false where only the table's statistics hint at it. */
  readonly planSeen: boolean;
  /** Columns that each slow statement would need, as one text; without those that are not unique. */
  readonly columns: readonly string[];
  readonly choices: readonly string[];
  readonly meanMs: number;
  readonly query: string;
  readonly hint: IndexFacts['scanned'][number] | undefined;
}

/** Tables that a slow statement reads from end to end for want of an index, the slowest first. */
export function unindexedTables(statements: StatementFacts, indexes: IndexFacts, minimumBytes: number): UnindexedTable[] {
  const found = new Map<string, UnindexedTable>();
  for (const use of statements.uses) {
    const hint = indexes.scanned.find(({ table }) => table === use.table);
    const scanned = use.scanned ?? hint !== undefined; // a plan says more than the statistics since the reset
    if (!scanned || use.covered || use.bytes < minimumBytes) continue;
    const known = found.get(use.table);
    const columns = use.columns === '' ? [] : [use.columns];
    found.set(use.table, {
      table: use.table,
      planSeen: (known?.planSeen ?? false) || use.scanned === true,
      columns: [...new Set([...(known?.columns ?? []), ...columns])],
      choices: use.choices.split(', '),
      meanMs: Math.max(known?.meanMs ?? 0, use.meanMs),
      query: known !== undefined && known.meanMs > use.meanMs ? known.query : use.query,
      hint,
    });
  }
  return [...found.values()].sort((a, b) => b.meanMs - a.meanMs);
}

export const statementsAreSlow = rule({ statements: pgStatements }, ({ statements: { slow, slowestMeanMs, warnMs, warnShare } }) => {
  const [worst] = slow;
  if (worst === undefined)
    return no(
      `The slowest statement took ${milliseconds(slowestMeanMs)} on average, not above ${warnMs} ms, and none took ${percent(warnShare)} of the sessions' time.`,
    );
  return yes(
    `${short(worst.query, 100)} took ${milliseconds(worst.meanMs)} on average in ${worst.calls} calls, ${percent(worst.shareOfDatabaseTime)} of the database's time.`,
  );
});
