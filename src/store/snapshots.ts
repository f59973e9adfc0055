import { Snapshot } from '../diagnostics/snapshot.ts';
import type { Queryable } from './pool.ts';

/** How a target stood when a run found it healthy. */
interface HealthySnapshot {
  readonly target: string;
  readonly topic: string;
  readonly at: Date;
  readonly snapshot: Snapshot;
}

/** Snapshots of one target and topic that are kept. */
const KEPT = 20;

/** Keeps a snapshot, and forgets the oldest ones of this target and topic. */
export async function saveSnapshot(db: Queryable, { target, topic, at, snapshot }: HealthySnapshot): Promise<void> {
  await db.query('INSERT INTO snapshots (target, topic, taken_at, snapshot) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', [
    ...[target, topic, at, JSON.stringify(snapshot)],
  ]);
  await db.query(
    `DELETE FROM snapshots WHERE target = $1 AND topic = $2 AND taken_at NOT IN
       (SELECT taken_at FROM snapshots WHERE target = $1 AND topic = $2 ORDER BY taken_at DESC LIMIT $3)`,
    [target, topic, KEPT],
  );
}

/** The youngest snapshot of a target that a run of that topic, or of everything, found healthy; null: there is none. */
export async function findSnapshot(
  db: Queryable,
  target: string,
  topic: string,
): Promise<{ readonly at: Date; readonly snapshot: Snapshot } | null> {
  const { rows } = await db.query<{ taken_at: Date; snapshot: unknown }>(
    "SELECT taken_at, snapshot FROM snapshots WHERE target = $1 AND topic IN ($2, 'auto') ORDER BY taken_at DESC LIMIT 1",
    [target, topic],
  );
  const [row] = rows;
  const parsed = row === undefined ? undefined : Snapshot.safeParse(row.snapshot); // an older version may have kept another shape
  return row === undefined || parsed?.success !== true ? null : { at: row.taken_at, snapshot: parsed.data };
}
