import type { KnownBlock } from '@slack/types';
import { z } from 'zod';
import type { Queryable } from './pool.ts';

/** Channel of PostgreSQL's NOTIFY that wakes the senders. */
export const OUTBOX_CHANNEL = 'hotswap_outbox';

/** Whom to tell where the message cannot be shown in its channel, and how. */
export const Recipient = z.object({
  user: z.string(),
  responseUrl: z.string().nullable(),
  /** What the person is told instead, besides why. */
  instead: z.string(),
});
export type Recipient = z.infer<typeof Recipient>;

export interface OutboxMessage {
  /** Names the message for good: the same key later changes the same message. Also sent as metadata, so an id, never a secret. */
  readonly key: string;
  /** Key of the root message of the thread; null for a message in the channel itself. */
  readonly threadKey: string | null;
  readonly channel: string;
  /** The whole result in one line, for notifications and screen readers. */
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  /** progress: only the latest state matters, and a result may go first. result: sent as soon as Slack allows. */
  readonly urgency: 'progress' | 'result';
  readonly recipient?: Recipient | null;
  /** It should stand among the pinned messages of its channel. */
  readonly pinned?: boolean;
}

const PUT = `
  INSERT INTO messages (key, thread_key, channel, text, blocks, urgency, recipient, pinned)
  VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7::jsonb, $8)
  ON CONFLICT (key) DO UPDATE SET
    text = excluded.text, blocks = excluded.blocks, urgency = excluded.urgency, removed = false, pinned = excluded.pinned,
    recipient = coalesce(excluded.recipient, messages.recipient), version = messages.version + 1, updated_at = now(),
    state = CASE messages.state WHEN 'rejected' THEN 'live' ELSE messages.state END,
    rendering = CASE messages.state WHEN 'rejected' THEN 'full' ELSE messages.rendering END
  WHERE (messages.text, messages.blocks, messages.removed, messages.pinned)
    IS DISTINCT FROM (excluded.text, excluded.blocks, false, excluded.pinned)`;

/**
 * Says what a message should look like from now on; a sender posts or edits it in Slack. Nothing happens where it looks so already.
 * Call it in the transaction that changed the record it shows, with that record's row locked, so that no older view can win.
 */
export async function putMessage(db: Queryable, message: OutboxMessage): Promise<void> {
  const { rowCount } = await db.query(PUT, [
    message.key,
    message.threadKey,
    message.channel,
    message.text,
    JSON.stringify(message.blocks),
    message.urgency,
    message.recipient === undefined || message.recipient === null ? null : JSON.stringify(message.recipient),
    message.pinned === true,
  ]);
  if (rowCount !== 0) await wakeSenders(db, message.key);
}

/** Takes a message out of Slack, or never shows it where it was not posted yet. */
export async function removeMessage(db: Queryable, key: string): Promise<void> {
  const { rowCount } = await db.query(
    'UPDATE messages SET removed = true, version = version + 1, updated_at = now() WHERE key = $1 AND NOT removed',
    [key],
  );
  if (rowCount !== 0) await wakeSenders(db, key);
}

async function wakeSenders(db: Queryable, key: string): Promise<void> {
  await db.query('SELECT pg_notify($1, $2)', [OUTBOX_CHANNEL, key]);
}

const MessageRow = z.object({
  key: z.string(),
  thread_key: z.string().nullable(),
  channel: z.string(),
  text: z.string(),
  ts: z.string().nullable(),
  permalink: z.string().nullable(),
  state: z.enum(['live', 'unreachable', 'rejected']),
  failure: z.string().nullable(),
  version: z.int(),
  sent_version: z.int(),
  removed: z.boolean(),
});

/** What became of a message: `ts` is Slack's id of it once posted. */
export interface MessageState {
  readonly key: string;
  readonly channel: string;
  readonly text: string;
  readonly ts: string | null;
  /** Address of a root message; null until Slack was asked for it. */
  readonly permalink: string | null;
  readonly state: 'live' | 'unreachable' | 'rejected';
  readonly failure: string | null;
  /** Slack shows the newest version. */
  readonly settled: boolean;
}

/** The state of one message, or null where none of that key was ever put. */
export async function findMessage(db: Queryable, key: string): Promise<MessageState | null> {
  const { rows } = await db.query('SELECT * FROM messages WHERE key = $1', [key]);
  const [row] = rows;
  if (row === undefined) return null;
  const { channel, text, ts, permalink, state, failure, version, sent_version } = MessageRow.parse(row);
  return { key, channel, text, ts, permalink, state, failure, settled: sent_version >= version };
}

/** Keys of the messages whose key begins with `prefix`, oldest first, those that were taken out left aside. */
export async function listMessageKeys(db: Queryable, prefix: string): Promise<readonly string[]> {
  const { rows } = await db.query<{ key: string }>(
    'SELECT key FROM messages WHERE starts_with(key, $1) AND NOT removed ORDER BY sequence',
    [prefix],
  );
  return rows.map(({ key }) => key);
}
