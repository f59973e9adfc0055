import type { Queryable } from './pool.ts';

/** One stored reading of a target's statement statistics; whoever reads it parses `reading`. */
export interface StatementSample {
  readonly takenAt: Date;
  readonly reading: unknown;
}

/** Keeps a reading, and forgets those of this target that are too old to compare with. */
export async function saveStatementSample(db: Queryable, target: string, sample: StatementSample): Promise<void> {
  await db.query(
    'INSERT INTO statement_samples (target, taken_at, reading) VALUES ($1, $2, $3::jsonb) ON CONFLICT (target, taken_at) DO NOTHING',
    [target, sample.takenAt, JSON.stringify(sample.reading)],
  );
  await db.query("DELETE FROM statement_samples WHERE target = $1 AND taken_at < $2::timestamptz - interval '10 minutes'", [
    target,
    sample.takenAt,
  ]);
}

/** The readings of a target that were taken at `since` or later, youngest first. */
export async function recentStatementSamples(db: Queryable, target: string, since: Date): Promise<readonly StatementSample[]> {
  const { rows } = await db.query<{ taken_at: Date; reading: unknown }>(
    'SELECT taken_at, reading FROM statement_samples WHERE target = $1 AND taken_at >= $2 ORDER BY taken_at DESC',
    [target, since],
  );
  return rows.map(({ taken_at, reading }) => ({ takenAt: taken_at, reading }));
}
