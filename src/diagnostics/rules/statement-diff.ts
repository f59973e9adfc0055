/** One reading of pg_stat_statements: calls, total milliseconds and rows of each statement since the statistics were reset. */
export interface StatementReading {
  /** Sessions of the application at that moment. */
  readonly connections: number;
  readonly statements: Readonly<Record<string, readonly [calls: number, totalMs: number, rows: number]>>;
}

export interface StatementDelta {
  readonly key: string;
  readonly calls: number;
  readonly totalMs: number;
  readonly meanMs: number;
  readonly rows: number;
  /** Of the time that all statements took. */
  readonly shareOfDatabaseTime: number;
}

/**
 * What happened between two readings, the most time first. A statement whose counters went down was evicted or reset: what
 * it did since is unknown, so it is left out. One that is new counts from zero.
 */
export function diffStatements(older: StatementReading, younger: StatementReading): StatementDelta[] {
  const deltas = Object.entries(younger.statements).flatMap(([key, [calls, totalMs, rows]]) => {
    const [oldCalls, oldTotalMs, oldRows] = older.statements[key] ?? [0, 0, 0];
    const delta = { key, calls: calls - oldCalls, totalMs: totalMs - oldTotalMs, rows: rows - oldRows };
    return delta.calls <= 0 || delta.totalMs < 0 || delta.rows < 0 ? [] : [delta];
  });
  const total = deltas.reduce((sum, { totalMs }) => sum + totalMs, 0);
  return deltas
    .map((delta) => ({ ...delta, meanMs: delta.totalMs / delta.calls, shareOfDatabaseTime: total === 0 ? 0 : delta.totalMs / total }))
    .sort((a, b) => b.totalMs - a.totalMs);
}
