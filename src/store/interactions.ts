import type { Queryable } from './pool.ts';

/** Slack redelivers for minutes; an id kept this long is enough. */
const KEPT = '30 minutes';

/**
 * Takes up an interaction by the id that Slack gave it (event_id, trigger_id, view id and hash).
 * Returns false where it was taken up before: Slack delivers some of them twice, and Bolt does not notice.
 */
export async function takeUpInteraction(db: Queryable, id: string): Promise<boolean> {
  const { rowCount } = await db.query('INSERT INTO interactions (id) VALUES ($1) ON CONFLICT (id) DO NOTHING', [id]);
  return rowCount === 1;
}

/** Forgets ids that Slack will not deliver again. */
export async function forgetOldInteractions(db: Queryable): Promise<void> {
  await db.query(`DELETE FROM interactions WHERE seen_at < now() - interval '${KEPT}'`);
}
