import type { Decision } from '../remediations/approvals/record.ts';
import type { Queryable } from './pool.ts';

/** Writes decisions down. One that is there already is left as it is: a person decides once about a plan. */
export async function recordDecisions(db: Queryable, requestId: string, decisions: readonly Decision[]): Promise<void> {
  for (const { fingerprint, by, decision, at, as, via, reason, breakGlass } of decisions) {
    await db.query(
      `INSERT INTO decisions (request_id, fingerprint, decided_by, decision, decided_at, decided_as, via, reason, break_glass)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING`,
      [requestId, fingerprint, by, decision, at, as, via, reason, breakGlass],
    );
  }
}

/** Who has approved exactly this plan, by the decisions table alone. */
export async function approvedBy(db: Queryable, requestId: string, fingerprint: string): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ decided_by: string }>(
    "SELECT DISTINCT decided_by FROM decisions WHERE request_id = $1 AND fingerprint = $2 AND decision = 'approve'",
    [requestId, fingerprint],
  );
  return new Set(rows.map((row) => row.decided_by));
}
