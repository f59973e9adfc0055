import { appendAudit, auditHead } from './audit.ts';
import type { Queryable } from './pool.ts';
import { type Store, transaction } from './pool.ts';

/** The head of the audit trail on one day (UTC): whoever has it can tell later that nothing before it was changed. */
export interface Anchor {
  readonly day: string;
  readonly sequence: number;
  readonly hash: string;
}

/**
 * Anchors the trail for the day of `now`, once, however many processes ask. `also` posts it in the same transaction.
 * Returns null where the day has its anchor already, or where there is nothing to anchor.
 */
export async function anchorDay(store: Store, now: Date, also: (db: Queryable, anchor: Anchor) => Promise<void>): Promise<Anchor | null> {
  const day = now.toISOString().slice(0, 10);
  return transaction(store, async (db) => {
    const head = await auditHead(db);
    if (head === null) return null;
    const { rowCount } = await db.query(
      'INSERT INTO audit_anchors (day, sequence, hash) VALUES ($1, $2, $3) ON CONFLICT (day) DO NOTHING',
      [day, head.sequence, head.hash],
    );
    if (rowCount !== 1) return null;
    const anchor = { day, ...head };
    await appendAudit(db, { at: now, event: 'anchored', actor: 'bot', requestId: null, target: null, fingerprint: null, details: anchor });
    await also(db, anchor);
    return anchor;
  });
}
