import type { Decision } from '../remediations/approvals/record.ts';
import type { Queryable } from './pool.ts';

/** Writes decisions down. One that is there already is left as it is: a person decides once about a plan. */
export async function recordDecisions(db: Queryable, requestId: string, decisions: readonly Decision[]): Promise<void> {
  for (const { fingerprint, by, decision, at } of decisions) {
    await db.query(
      `INSERT INTO decisions (request_id, fingerprint, decided_by, decision, decided_at)
       VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`,
      [requestId, fingerprint, by, decision, at],
    );
  }
}

/** How many people other than the requester have approved exactly this plan, by the decisions table alone. */
export async function countApprovals(db: Queryable, requestId: string, fingerprint: string, requester: string): Promise<number> {
  const { rows } = await db.query<{ count: number }>(
    `SELECT count(DISTINCT decided_by)::int AS count FROM decisions
      WHERE request_id = $1 AND fingerprint = $2 AND decision = 'approve' AND decided_by <> $3`,
    [requestId, fingerprint, requester],
  );
  return rows[0]?.count ?? 0;
}
