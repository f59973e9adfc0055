import { z } from 'zod';
import type { Queryable } from './pool.ts';

const ThreadRow = z
  .object({
    id: z.uuid(),
    channel: z.string(),
    topic: z.string().nullable(),
    target: z.string(),
    requested_by: z.string(),
    owner: z.string().nullable(),
  })
  .transform(({ requested_by, ...row }) => ({ ...row, requestedBy: requested_by }));

/**
 * A conversation about one target: its root message, and every run and fix asked for in it. It is about a topic where it began with a
 * diagnosis; null where it began with a fix.
 */
export type Thread = Readonly<z.infer<typeof ThreadRow>>;

/** Key of the thread's root message: what a message in the thread names as its `threadKey`. */
export function threadRootKey(threadId: string): string {
  return `thread:${threadId}:root`;
}

/** Begins a conversation. Its root message is drawn from what was asked for in it. */
export async function createThread(db: Queryable, { id, channel, topic, target, requestedBy }: Omit<Thread, 'owner'>): Promise<void> {
  await db.query('INSERT INTO threads (id, channel, topic, target, requested_by) VALUES ($1, $2, $3, $4, $5)', [
    ...[id, channel, topic, target, requestedBy],
  ]);
}

/** One thread, or null. */
export async function findThread(db: Queryable, id: string): Promise<Thread | null> {
  const { rows } = await db.query('SELECT * FROM threads WHERE id = $1', [id]);
  return rows[0] === undefined ? null : ThreadRow.parse(rows[0]);
}

/**
 * The thread, locked until the transaction ends. Whoever changes something that its messages show takes this lock first,
 * changes the record, draws the messages anew from it and commits: so a stale view never overwrites a newer one.
 * Returns null where there is none.
 */
export async function lockThread(db: Queryable, id: string): Promise<Thread | null> {
  if (!z.uuid().safeParse(id).success) return null;
  const { rows } = await db.query('SELECT * FROM threads WHERE id = $1 FOR UPDATE', [id]);
  return rows[0] === undefined ? null : ThreadRow.parse(rows[0]);
}

/** Names the person who takes care of it; returns false where somebody else does already. */
export async function claimThread(db: Queryable, id: string, owner: string): Promise<boolean> {
  const { rowCount } = await db.query('UPDATE threads SET owner = $2 WHERE id = $1 AND (owner IS NULL OR owner = $2)', [id, owner]);
  return rowCount === 1;
}
