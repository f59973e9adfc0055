import { z } from 'zod';
import type { Queryable } from './pool.ts';
import { findThread, type Thread } from './threads.ts';

/** An incident is a thread: found by its id, by a run in it, by a message of it, or as the newest one of a channel. */

const Id = z.object({ id: z.uuid() });

/** The thread of that id, or in which the run of that id is; null where there is neither. */
export async function threadOf(db: Queryable, id: string): Promise<Thread | null> {
  if (!z.uuid().safeParse(id).success) return null;
  return one(db, 'SELECT thread_id AS id FROM runs WHERE id = $1 UNION SELECT id FROM threads WHERE id = $1 LIMIT 1', [id]);
}

/** Threads whose id begins with this text: two at most, which is enough to tell whether it names one. */
export async function threadsByPrefix(db: Queryable, prefix: string): Promise<readonly Thread[]> {
  const { rows } = await db.query('SELECT id FROM threads WHERE starts_with(id::text, $1) LIMIT 2', [prefix]);
  const found = await Promise.all(rows.map((row) => findThread(db, Id.parse(row).id)));
  return found.filter((thread) => thread !== null);
}

/** The thread that a message of the bot belongs to; `ts` is Slack's id of the message or of its thread's root. */
export async function threadOfMessage(db: Queryable, channel: string, ts: string): Promise<Thread | null> {
  return one(
    db,
    `SELECT substring(coalesce(thread_key, key) FROM '^thread:(.{36}):root$') AS id FROM messages
      WHERE channel = $1 AND ts = $2 AND coalesce(thread_key, key) LIKE 'thread:%:root' LIMIT 1`,
    [channel, ts],
  );
}

/** The newest thread of a channel, or null where it has none. */
export async function newestThread(db: Queryable, channel: string): Promise<Thread | null> {
  return one(db, 'SELECT id FROM threads WHERE channel = $1 ORDER BY created_at DESC LIMIT 1', [channel]);
}

async function one(db: Queryable, sql: string, values: readonly string[]): Promise<Thread | null> {
  const { rows } = await db.query(sql, [...values]);
  return rows[0] === undefined ? null : findThread(db, Id.parse(rows[0]).id);
}
