import { z } from 'zod';
import { Principal } from '../remediations/approvals/rule.ts';
import type { Queryable } from './pool.ts';
import { PageCall } from './thread-pages.ts';

/** A call to people who do not look at Slack. */
export interface PageRequest {
  /** Names it for good, also at the pager: the request's id, or that and what else it is about. */
  readonly key: string;
  readonly requestId: string;
  /** One sentence that says what to do, as it is read aloud. */
  readonly summary: string;
  /** Who is called in Slack where no pager is configured, or where it does not answer. */
  readonly people: readonly Principal[];
  /** When the pager is told that it is over: once the request is decided, or once it is over. */
  readonly until: 'decided' | 'over';
}

const Row = z
  .object({
    key: z.string(),
    request_id: z.uuid().nullable(),
    summary: z.string(),
    people: z.array(Principal),
    until: z.enum(['decided', 'over', 'ended']),
    attempts: z.int(),
    target: z.string(),
    thread_id: z.uuid(),
    channel: z.string(),
    round: z.int(),
    /** Null for a page about a request. */
    call: PageCall.nullable(),
  })
  .transform(({ request_id, thread_id, ...row }) => ({ ...row, requestId: request_id, threadId: thread_id }));

/** A page that this process, and no other one, may send or end until its time is up. */
export type ClaimedPage = Readonly<z.infer<typeof Row>>;

/** Longer than a call to the pager may take. */
const CLAIM_SECONDS = 30;

/** Asks for a call, in the transaction that changed what it is about. The same key asks once. */
export async function requestPage(db: Queryable, { key, requestId, summary, people, until }: PageRequest): Promise<void> {
  await db.query(
    'INSERT INTO pages (key, request_id, summary, people, until) VALUES ($1, $2, $3, $4::jsonb, $5) ON CONFLICT (key) DO NOTHING',
    [key, requestId, summary, JSON.stringify(people), until],
  );
}

/** The next page that nobody has sent yet. */
export function claimPage(db: Queryable): Promise<ClaimedPage | null> {
  return claim(db, "p.state = 'wanted'");
}

/** The next page that was sent and whose matter is settled. */
export function claimSettledPage(db: Queryable): Promise<ClaimedPage | null> {
  return claim(
    db,
    `p.state = 'sent' AND (p.ended_at IS NOT NULL OR r.state NOT IN ('planning', 'awaiting-approval', 'approved', 'executing', 'verifying')
      OR (p.until = 'decided' AND r.state <> 'awaiting-approval'))`,
  );
}

/** The next page that was sent and that somebody has taken on since, which the pager does not know yet. */
export function claimAcknowledgedPage(db: Queryable): Promise<ClaimedPage | null> {
  return claim(db, "p.state = 'sent' AND p.ended_at IS NULL AND p.acknowledged_by IS NOT NULL AND NOT p.acknowledged_sent");
}

/** The pager knows that somebody takes care of it; `why`: it never will. */
export async function settleAcknowledgement(db: Queryable, key: string, why: string | null = null): Promise<void> {
  await db.query('UPDATE pages SET acknowledged_sent = true, attempts = 0, next_attempt_at = now(), failure = $2 WHERE key = $1', [
    key,
    why,
  ]);
}

async function claim(db: Queryable, which: string): Promise<ClaimedPage | null> {
  const { rows } = await db.query(
    `WITH due AS (
       SELECT p.key, t.id AS thread, t.target, coalesce(r.record ->> 'channel', t.channel) AS channel
         FROM pages p LEFT JOIN requests r ON r.id = p.request_id JOIN threads t ON t.id = coalesce(p.thread_id, r.thread_id)
        WHERE p.next_attempt_at <= now() AND ${which} ORDER BY p.created_at LIMIT 1 FOR UPDATE OF p SKIP LOCKED)
     UPDATE pages SET next_attempt_at = now() + make_interval(secs => $1), attempts = attempts + 1
       FROM due WHERE pages.key = due.key RETURNING pages.*, due.target, due.thread AS thread_id, due.channel`,
    [CLAIM_SECONDS],
  );
  return rows[0] === undefined ? null : Row.parse(rows[0]);
}

/** sent: the pager has it. told: people were called in Slack instead, and why. resolved: the pager knows that it is over. */
export async function settlePage(
  db: Queryable,
  key: string,
  state: 'sent' | 'told' | 'resolved',
  why: string | null = null,
): Promise<void> {
  await db.query('UPDATE pages SET state = $2, attempts = 0, next_attempt_at = now(), failure = $3 WHERE key = $1', [key, state, why]);
}

/** It could not be sent now; it is tried again after `seconds`. */
export async function postponePage(db: Queryable, key: string, seconds: number, failure: string): Promise<void> {
  await db.query('UPDATE pages SET next_attempt_at = now() + make_interval(secs => $2), failure = $3 WHERE key = $1', [
    key,
    seconds,
    failure,
  ]);
}
