import { z } from 'zod';
import type { Queryable } from './pool.ts';

const Row = z
  .object({
    thread_id: z.uuid(),
    channel: z.string(),
    target: z.string(),
    repository: z.string(),
    visibility: z.enum(['public', 'internal', 'private']),
    title: z.string(),
    body: z.string(),
    labels: z.array(z.string()),
    asked_by: z.string(),
    asked_at: z.date(),
    state: z.enum(['wanted', 'opened', 'failed']),
    number: z.int().nullable(),
    url: z.string().nullable(),
    failure: z.string().nullable(),
    attempts: z.int(),
    attempted_at: z.date().nullable(),
  })
  .transform((row) => ({
    threadId: row.thread_id,
    channel: row.channel,
    target: row.target,
    repository: row.repository,
    visibility: row.visibility,
    title: row.title,
    body: row.body,
    labels: row.labels,
    askedBy: row.asked_by,
    askedAt: row.asked_at,
    state: row.state,
    opened: row.number === null || row.url === null ? null : { number: row.number, url: row.url },
    failure: row.failure,
    attempts: row.attempts,
    attemptedAt: row.attempted_at,
  }));

/** The GitHub issue of a thread: what is to be opened, as a person saw it, and what became of it. */
export type ThreadIssue = Readonly<z.infer<typeof Row>>;

interface AskedIssue extends Pick<ThreadIssue, 'threadId' | 'repository' | 'visibility' | 'title' | 'body' | 'labels' | 'askedBy'> {
  readonly at: Date;
}

/** Longer than the calls to GitHub for one issue may take. */
const CLAIM_SECONDS = 60;
const WITH_THREAD = 'SELECT i.*, t.channel, t.target FROM issues i JOIN threads t ON t.id = i.thread_id';

/** A hidden line in the body by which the issue of a thread is found again. */
export function issueMarker(threadId: string): string {
  return `<!-- hotswap-incident: ${threadId} -->`;
}

export async function findIssue(db: Queryable, threadId: string): Promise<ThreadIssue | null> {
  return first(await db.query(`${WITH_THREAD} WHERE i.thread_id = $1`, [threadId]));
}

/** Asks for the issue of a thread. False where it has one, or one is on its way; one that failed can be asked for again. */
export async function askForIssue(db: Queryable, asked: AskedIssue): Promise<boolean> {
  const { threadId, repository, visibility, title, body, labels, askedBy, at } = asked;
  const { rowCount } = await db.query(
    `INSERT INTO issues (thread_id, repository, visibility, title, body, labels, asked_by, asked_at)
     VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8)
     ON CONFLICT (thread_id) DO UPDATE SET
       repository = excluded.repository, visibility = excluded.visibility, title = excluded.title, body = excluded.body,
       labels = excluded.labels, asked_by = excluded.asked_by, asked_at = excluded.asked_at, state = 'wanted', failure = NULL,
       attempts = 0, next_attempt_at = now()
     WHERE issues.state = 'failed'`,
    [threadId, repository, visibility, title, body, JSON.stringify(labels), askedBy, at],
  );
  return rowCount === 1;
}

/** The next issue that is to be opened; nobody else has it until its time is up. */
export async function claimIssue(db: Queryable): Promise<ThreadIssue | null> {
  const { rows } = await db.query<{ thread_id: string }>(
    `WITH due AS (SELECT thread_id FROM issues WHERE state = 'wanted' AND next_attempt_at <= now()
                   ORDER BY asked_at LIMIT 1 FOR UPDATE SKIP LOCKED)
     UPDATE issues SET next_attempt_at = now() + make_interval(secs => $1), attempts = attempts + 1
       FROM due WHERE issues.thread_id = due.thread_id RETURNING issues.thread_id`,
    [CLAIM_SECONDS],
  );
  return rows[0] === undefined ? null : findIssue(db, rows[0].thread_id);
}

/** From now on GitHub may have it, whatever becomes of the call. */
export async function noteAttempt(db: Queryable, threadId: string): Promise<void> {
  await db.query('UPDATE issues SET attempted_at = coalesce(attempted_at, now()) WHERE thread_id = $1', [threadId]);
}

export async function settleIssue(
  db: Queryable,
  threadId: string,
  outcome: { readonly number: number; readonly url: string } | { readonly failure: string },
): Promise<void> {
  if ('failure' in outcome)
    await db.query("UPDATE issues SET state = 'failed', failure = $2 WHERE thread_id = $1", [threadId, outcome.failure]);
  else
    await db.query("UPDATE issues SET state = 'opened', number = $2, url = $3, failure = NULL WHERE thread_id = $1", [
      ...[threadId, outcome.number, outcome.url],
    ]);
}

export async function postponeIssue(db: Queryable, threadId: string, seconds: number, failure: string): Promise<void> {
  await db.query('UPDATE issues SET next_attempt_at = now() + make_interval(secs => $2), failure = $3 WHERE thread_id = $1', [
    ...[threadId, seconds, failure],
  ]);
}

function first({ rows }: { readonly rows: readonly unknown[] }): ThreadIssue | null {
  return rows[0] === undefined ? null : Row.parse(rows[0]);
}
