import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { Queryable } from './pool.ts';

/** One thing that happened to a request: who did what, to which target, under which plan. */
export interface AuditEvent {
  readonly at: Date;
  readonly event: string;
  readonly requestId: string;
  readonly target: string;
  readonly actor: string;
  readonly fingerprint: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

const Row = z.object({
  sequence: z.coerce.number(),
  at: z.string(),
  event: z.string(),
  request_id: z.string(),
  target: z.string(),
  actor: z.string(),
  fingerprint: z.string().nullable(),
  details: z.record(z.string(), z.json()),
  previous_hash: z.string(),
  hash: z.string(),
});

export type AuditRow = Readonly<z.infer<typeof Row>>;

/** What the first row names as the hash before it. */
const FIRST_PREVIOUS_HASH = '0'.repeat(64);

/** Appends a row, chained to the one before it. Call it in the transaction that changes the request; writers wait for each other. */
export async function appendAudit(db: Queryable, event: AuditEvent): Promise<void> {
  await db.query("SELECT pg_advisory_xact_lock(hashtextextended('hotswap audit', 0))");
  const { rows } = await db.query<{ sequence: string; hash: string }>('SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1');
  const content = {
    sequence: Number(rows[0]?.sequence ?? 0) + 1,
    at: event.at.toISOString(),
    event: event.event,
    request_id: event.requestId,
    target: event.target,
    actor: event.actor,
    fingerprint: event.fingerprint,
    details: z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(event.details))),
    previous_hash: rows[0]?.hash ?? FIRST_PREVIOUS_HASH,
  };
  await db.query(
    `INSERT INTO audit (sequence, at, event, request_id, target, actor, fingerprint, details, previous_hash, hash)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9, $10)`,
    [
      ...[content.sequence, content.at, content.event, content.request_id, content.target, content.actor, content.fingerprint],
      ...[JSON.stringify(content.details), content.previous_hash, hashOf(content)],
    ],
  );
}

/** The rows of one request, oldest first. */
export async function listAudit(db: Queryable, requestId: string): Promise<readonly AuditRow[]> {
  const { rows } = await db.query('SELECT * FROM audit WHERE request_id = $1 ORDER BY sequence', [requestId]);
  return rows.map((row) => Row.parse(row));
}

/** Recomputes the whole chain. Returns the sequence number of the first row that does not fit, or null where all do. */
export async function verifyAuditChain(db: Queryable): Promise<number | null> {
  const { rows } = await db.query('SELECT * FROM audit ORDER BY sequence');
  let previous = FIRST_PREVIOUS_HASH;
  let expected = 1;
  for (const raw of rows) {
    const { hash, ...content } = Row.parse(raw);
    if (content.sequence !== expected || content.previous_hash !== previous || hashOf(content) !== hash) return expected;
    previous = hash;
    expected += 1;
  }
  return null;
}

function hashOf(content: Omit<AuditRow, 'hash'>): string {
  const text = canonicalize(content);
  if (text === undefined) throw new Error('an audit row has no canonical form');
  return createHash('sha256').update(text).digest('hex');
}
