import { z } from 'zod';
import { type AuditRow, appendAudit, FIRST_PREVIOUS_HASH, hashOf, readAudit } from './audit.ts';
import { type Queryable, type Store, transaction } from './pool.ts';

/** The event that stands for rows which retention took away. */
const CUT = 'audit-cut';
const CutDetails = z.object({ through: z.int(), hash: z.string() });
const BATCH = 500;

/** What recomputing the chain found. */
export interface ChainVerdict {
  readonly rows: number;
  /** Sequence number of the first row that is still there; 1 unless retention has taken older ones away. */
  readonly first: number | null;
  readonly head: { readonly sequence: number; readonly hash: string } | null;
  /** The first row that does not fit, and why; null where all do. */
  readonly fault: { readonly sequence: number; readonly reason: string } | null;
  /** Hashes that were asked for and that no row has. */
  readonly missingAnchors: readonly string[];
}

/**
 * Recomputes the whole chain, a piece at a time. `anchors`: hashes that were posted as the head at some time, each of which a
 * row must have: only they show that the end was not cut off, or everything written anew.
 */
export async function verifyAuditChain(db: Queryable, anchors: readonly string[] = []): Promise<ChainVerdict> {
  const missing = new Set(anchors);
  const walk: Walk = { rows: 0, first: null, last: null, cut: null, fault: null };
  for (;;) {
    const batch = await readAudit(db, walk.last?.sequence ?? 0, BATCH);
    for (const row of batch) {
      step(walk, row);
      missing.delete(row.hash);
      if (walk.fault !== null) break;
    }
    if (walk.fault !== null || batch.length < BATCH) break;
  }
  return {
    rows: walk.rows,
    first: walk.first?.sequence ?? null,
    head: walk.last === null ? null : { sequence: walk.last.sequence, hash: walk.last.hash },
    fault: walk.fault ?? beginningFault(walk),
    missingAnchors: [...missing],
  };
}

interface Walk {
  rows: number;
  first: AuditRow | null;
  last: AuditRow | null;
  cut: z.infer<typeof CutDetails> | null;
  fault: ChainVerdict['fault'];
}

function step(walk: Walk, row: AuditRow): void {
  walk.fault = faultOf(row, walk.last);
  if (walk.fault !== null) return;
  walk.rows += 1;
  walk.first ??= row;
  walk.last = row;
  if (row.event === CUT) walk.cut = CutDetails.safeParse(row.details).data ?? walk.cut;
}

function faultOf(row: AuditRow, before: AuditRow | null): ChainVerdict['fault'] {
  const { hash, ...content } = row;
  if (before !== null && row.sequence !== before.sequence + 1)
    return { sequence: before.sequence + 1, reason: `it is missing: entry ${row.sequence} follows entry ${before.sequence}` };
  if (before !== null && row.previous_hash !== before.hash)
    return { sequence: row.sequence, reason: `it does not name the hash of entry ${before.sequence}` };
  if (hashOf(content) !== hash) return { sequence: row.sequence, reason: 'its content does not give its hash: it was changed' };
  return null;
}

/** Rows before the first one must have been taken away by retention, which leaves a row that says so. */
function beginningFault({ first, cut }: Walk): ChainVerdict['fault'] {
  if (first === null || (first.sequence === 1 && first.previous_hash === FIRST_PREVIOUS_HASH)) return null;
  if (cut !== null && cut.through === first.sequence - 1 && cut.hash === first.previous_hash) return null;
  return { sequence: first.sequence - 1, reason: `it and all before it are missing, and no entry ${CUT} says that retention removed them` };
}

const Cut = z.object({ through: z.coerce.number().nullable(), hash: z.string().nullable(), removed: z.coerce.number() });

/** Takes away what is older than `days` and writes down in the trail itself where it begins now. Returns how many rows went. */
export async function cutAudit(store: Store, days: number, actor: string, now: Date): Promise<number> {
  return transaction(store, async (db) => {
    const { rows } = await db.query('SELECT * FROM cut_audit(make_interval(days => $1))', [days]);
    const { through, hash, removed } = Cut.parse(rows[0]);
    if (removed === 0) return 0;
    const details = { through, hash, rows: removed, keptDays: days };
    await appendAudit(db, { at: now, event: CUT, actor, requestId: null, target: null, fingerprint: null, details });
    return removed;
  });
}
