import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import { Recipient } from './messages.ts';
import type { Queryable } from './pool.ts';

/** How much of Block Kit a message is sent with: all of it, the blocks that Slack has always known, or none. */
export const Rendering = z.enum(['full', 'simple', 'text']);
export type Rendering = z.infer<typeof Rendering>;

/** Blocks were typed where they were built; here they only have to be blocks at all. */
const StoredBlock = z.custom<KnownBlock>((block) => typeof block === 'object' && block !== null && 'type' in block);

const ClaimedRow = z
  .object({
    key: z.string(),
    thread_key: z.string().nullable(),
    thread_ts: z.string().nullable(),
    thread_unreachable: z.boolean(),
    channel: z.string(),
    text: z.string(),
    blocks: z.array(StoredBlock),
    urgency: z.enum(['progress', 'result']),
    removed: z.boolean(),
    version: z.int(),
    rendering: Rendering,
    ts: z.string().nullable(),
    attempts: z.int(),
    recipient: Recipient.nullable(),
    pinned: z.boolean(),
    shown_pinned: z.boolean(),
  })
  .transform(({ thread_key, thread_ts, thread_unreachable, shown_pinned, ...row }) => ({
    ...row,
    threadKey: thread_key,
    threadTs: thread_ts,
    threadUnreachable: thread_unreachable,
    shownPinned: shown_pinned,
  }));

/** A message that this sender, and no other one, may bring to Slack until its lease ends. */
export type ClaimedMessage = Readonly<z.infer<typeof ClaimedRow>>;

/** A sender that dies holds its message back this long. Longer than any call to Slack may take. */
const LEASE_SECONDS = 30;
/** Slack takes about 50 edits a minute for a whole workspace; one message need not be edited more often than this. */
const PROGRESS_EDIT_SECONDS = 1.5;

/**
 * The next message to send: results before progress, new messages before edits, and in a thread in the order in which they were put,
 * after the root. What waits for its time, or is in another sender's hands, is left alone.
 */
const CLAIM = `
  WITH due AS (
    SELECT m.key, root.ts AS thread_ts, coalesce(root.state <> 'live', false) AS thread_unreachable
    FROM messages m LEFT JOIN messages root ON root.key = m.thread_key
    WHERE m.state = 'live' AND m.sent_version < m.version
      AND m.next_attempt_at <= now() AND (m.lease_until IS NULL OR m.lease_until < now())
      AND (m.thread_key IS NULL OR root.ts IS NOT NULL OR root.state <> 'live')
      AND (m.ts IS NOT NULL OR NOT EXISTS (
        SELECT FROM messages earlier
        WHERE earlier.thread_key = m.thread_key AND earlier.sequence < m.sequence
          AND earlier.ts IS NULL AND earlier.state = 'live' AND NOT earlier.removed))
      AND NOT (m.urgency = 'progress' AND m.ts IS NOT NULL AND m.last_sent_at > now() - make_interval(secs => $3))
      AND NOT (ARRAY[
        CASE WHEN m.ts IS NULL THEN 'chat.postMessage' WHEN m.removed THEN 'chat.delete' ELSE 'chat.update' END,
        CASE WHEN m.ts IS NULL THEN 'post ' || m.channel ELSE 'edit ' || m.urgency END] && $4::text[])
    ORDER BY (m.urgency = 'result') DESC, (m.ts IS NULL) DESC, m.sequence
    LIMIT 1
    FOR UPDATE OF m SKIP LOCKED)
  UPDATE messages SET lease_owner = $1, lease_until = now() + make_interval(secs => $2)
  FROM due WHERE messages.key = due.key
  RETURNING messages.*, due.thread_ts, due.thread_unreachable`;

/**
 * Takes the next message that is due, or null where there is none.
 * @param held what Slack takes no calls for: a method (`chat.update`), new messages of a channel (`post C0123456789`), changes of an
 *   urgency (`edit progress`). What would need one of them is left alone.
 */
export async function claimMessage(db: Queryable, sender: string, held: readonly string[]): Promise<ClaimedMessage | null> {
  const { rows } = await db.query(CLAIM, [sender, LEASE_SECONDS, PROGRESS_EDIT_SECONDS, [...held]]);
  return rows[0] === undefined ? null : ClaimedRow.parse(rows[0]);
}

/** Slack shows this version. A version that was put meanwhile stays due. */
export async function settleMessage(
  db: Queryable,
  sent: { readonly key: string; readonly version: number; readonly ts: string | null },
): Promise<void> {
  await db.query(
    `UPDATE messages SET sent_version = greatest(sent_version, $2), ts = $3, last_sent_at = now(), attempts = 0, failure = NULL,
       lease_owner = NULL, lease_until = NULL
     WHERE key = $1`,
    [sent.key, sent.version, sent.ts],
  );
}

/** Slack has the message among the pinned ones of its channel, or not any more. */
export async function settlePin(db: Queryable, { key, pinned }: Pick<ClaimedMessage, 'key' | 'pinned'>): Promise<void> {
  await db.query('UPDATE messages SET shown_pinned = $2 WHERE key = $1', [key, pinned]);
}

/** What Slack shows is not all that it should: it is sent once more after `seconds`. */
export async function resendMessage(db: Queryable, key: string, seconds: number): Promise<void> {
  await db.query(
    `UPDATE messages SET sent_version = least(sent_version, version - 1), next_attempt_at = now() + make_interval(secs => $2)
     WHERE key = $1`,
    [key, seconds],
  );
}

/** Gives a message back, to be tried again after `seconds`. `failure` counts as an attempt; without one it only waits its turn. */
export async function postponeMessage(db: Queryable, key: string, seconds: number, failure: string | null): Promise<void> {
  await db.query(
    `UPDATE messages SET next_attempt_at = now() + make_interval(secs => $2), failure = coalesce($3, failure),
       attempts = attempts + CASE WHEN $3::text IS NULL THEN 0 ELSE 1 END, lease_owner = NULL, lease_until = NULL
     WHERE key = $1`,
    [key, seconds, failure],
  );
}

/** Somebody deleted the message in Slack: it is posted anew. */
export async function repostMessage(db: Queryable, key: string): Promise<void> {
  await db.query('UPDATE messages SET ts = NULL, shown_pinned = false, lease_owner = NULL, lease_until = NULL WHERE key = $1', [key]);
}

/** Gives a message back, to be sent with less of Block Kit. */
export async function simplifyMessage(db: Queryable, key: string, rendering: Rendering, failure: string): Promise<void> {
  await db.query('UPDATE messages SET rendering = $2, failure = $3, lease_owner = NULL, lease_until = NULL WHERE key = $1', [
    key,
    rendering,
    failure,
  ]);
}

/** Slack will not show this message: its channel cannot be reached, or its content is refused. New content may be tried again. */
export async function giveUpMessage(db: Queryable, key: string, state: 'unreachable' | 'rejected', failure: string): Promise<void> {
  await db.query(
    `UPDATE messages SET state = $2, failure = $3, sent_version = CASE $2 WHEN 'rejected' THEN version ELSE sent_version END,
       lease_owner = NULL, lease_until = NULL
     WHERE key = $1`,
    [key, state, failure],
  );
}

/** Keeps the address of a message, so that it can be linked to without asking Slack. */
export async function rememberPermalink(db: Queryable, key: string, permalink: string): Promise<void> {
  await db.query('UPDATE messages SET permalink = $2 WHERE key = $1', [key, permalink]);
}
