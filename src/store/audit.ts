import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { z } from 'zod';
import type { Queryable } from './pool.ts';

/** One thing that happened: who did what, to which request, on which target, under which plan. A freeze or an anchor has neither. */
export interface AuditEvent {
  readonly at: Date;
  readonly event: string;
  readonly requestId: string | null;
  readonly target: string | null;
  readonly actor: string;
  readonly fingerprint: string | null;
  readonly details: Readonly<Record<string, unknown>>;
}

const Row = z.object({
  sequence: z.coerce.number(),
  at: z.string(),
  event: z.string(),
  request_id: z.string().nullable(),
  target: z.string().nullable(),
  actor: z.string(),
  fingerprint: z.string().nullable(),
  details: z.record(z.string(), z.json()),
  previous_hash: z.string(),
  hash: z.string(),
});

export type AuditRow = Readonly<z.infer<typeof Row>>;

/** What the first row names as the hash before it. */
export const FIRST_PREVIOUS_HASH = '0'.repeat(64);

/**
 * Takes the lock of those who write the trail, until the transaction ends. Whoever locks a thread as well takes this one first: changes
 * of requests do, and two who wait for each other would both be turned away.
 */
export async function lockAudit(db: Queryable): Promise<void> {
  await db.query("SELECT pg_advisory_xact_lock(hashtextextended('hotswap audit', 0))");
}

/** The rows of a thread, oldest first: of its requests, and of what else was done in it. */
export async function listThreadAudit(db: Queryable, threadId: string): Promise<readonly AuditRow[]> {
  const { rows } = await db.query(
    `SELECT * FROM audit WHERE (request_id IS NULL AND details ->> 'thread' = $1)
        OR request_id IN (SELECT id FROM requests WHERE thread_id = $1::uuid) ORDER BY sequence`,
    [threadId],
  );
  return rows.map((row) => Row.parse(row));
}

/** Appends a row, chained to the one before it. Call it in the transaction that changes the request; writers wait for each other. */
export async function appendAudit(db: Queryable, event: AuditEvent): Promise<void> {
  await lockAudit(db);
  const head = await auditHead(db);
  const content = {
    sequence: (head?.sequence ?? 0) + 1,
    at: event.at.toISOString(),
    event: event.event,
    request_id: event.requestId,
    target: event.target,
    actor: event.actor,
    fingerprint: event.fingerprint,
    details: z.record(z.string(), z.json()).parse(JSON.parse(JSON.stringify(event.details))),
    previous_hash: head?.hash ?? FIRST_PREVIOUS_HASH,
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

/** What is looked for in the trail. `request`: its id, or how it begins. `person`: who did something, or was told to have. */
export interface AuditQuery {
  readonly request?: string;
  readonly person?: string;
  readonly since?: Date;
}

/** The newest rows that fit, newest first, at most `limit`. */
export async function searchAudit(db: Queryable, { request, person, since }: AuditQuery, limit: number): Promise<readonly AuditRow[]> {
  const { rows } = await db.query(
    `SELECT * FROM audit
      WHERE ($1::text IS NULL OR starts_with(request_id::text, $1)) AND ($2::text IS NULL OR actor = $2)
        AND ($3::timestamptz IS NULL OR at::timestamptz >= $3)
      ORDER BY sequence DESC LIMIT $4`,
    [request ?? null, person ?? null, since ?? null, limit],
  );
  return rows.map((row) => Row.parse(row));
}

/** Rows after a sequence number, oldest first: the trail, a piece at a time. */
export async function readAudit(db: Queryable, after: number, limit: number): Promise<readonly AuditRow[]> {
  const { rows } = await db.query('SELECT * FROM audit WHERE sequence > $1 ORDER BY sequence LIMIT $2', [after, limit]);
  return rows.map((row) => Row.parse(row));
}

/** The newest row's place in the chain; null where there is none. */
export async function auditHead(db: Queryable): Promise<{ readonly sequence: number; readonly hash: string } | null> {
  const { rows } = await db.query<{ sequence: string; hash: string }>('SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1');
  return rows[0] === undefined ? null : { sequence: Number(rows[0].sequence), hash: rows[0].hash };
}

/** The hash that a row of this content has. */
export function hashOf(content: Omit<AuditRow, 'hash'>): string {
  const text = canonicalize(content);
  if (text === undefined) throw new Error('an audit row has no canonical form');
  return createHash('sha256').update(text).digest('hex');
}
