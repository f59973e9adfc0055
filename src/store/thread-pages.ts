import { z } from 'zod';
import { Principal } from '../remediations/approvals/rule.ts';
import type { Queryable } from './pool.ts';

/** What the pager is told about a thread besides the summary. */
export const PageCall = z.object({
  severity: z.enum(['critical', 'error', 'warning', 'info']),
  /** Address of the thread; null where Slack has not told it. */
  link: z.url().nullable(),
  details: z.record(z.string(), z.string()),
});
export type PageCall = Readonly<z.infer<typeof PageCall>>;

const Row = z
  .object({
    thread_id: z.uuid(),
    channel: z.string(),
    target: z.string(),
    round: z.int(),
    summary: z.string(),
    people: z.array(Principal),
    call: PageCall,
    asked_by: z.string(),
    created_at: z.date(),
    state: z.enum(['wanted', 'sent', 'told', 'resolved']),
    failure: z.string().nullable(),
    acknowledged_by: z.string().nullable(),
    acknowledged_at: z.date().nullable(),
    acknowledged_sent: z.boolean(),
    ended_by: z.string().nullable(),
    ended_at: z.date().nullable(),
  })
  .transform((row) => ({
    threadId: row.thread_id,
    channel: row.channel,
    target: row.target,
    round: row.round,
    summary: row.summary,
    people: row.people,
    call: row.call,
    askedBy: row.asked_by,
    askedAt: row.created_at,
    state: row.state,
    failure: row.failure,
    acknowledged:
      row.acknowledged_by === null || row.acknowledged_at === null
        ? null
        : { by: row.acknowledged_by, at: row.acknowledged_at, sent: row.acknowledged_sent },
    ended: row.ended_by === null || row.ended_at === null ? null : { by: row.ended_by, at: row.ended_at },
  }));

/** The call for help of a thread. It is open until `ended`, which names a person or `run:` and a run's id. */
export type ThreadPage = Readonly<z.infer<typeof Row>>;

interface Asked {
  readonly threadId: string;
  readonly summary: string;
  readonly people: readonly Principal[];
  readonly call: PageCall;
  readonly by: string;
}

/** The page of a thread as it is now, or null where nobody asked for one. */
export async function findThreadPage(db: Queryable, threadId: string): Promise<ThreadPage | null> {
  const { rows } = await db.query(
    'SELECT p.*, t.channel, t.target FROM pages p JOIN threads t ON t.id = p.thread_id WHERE p.thread_id = $1',
    [threadId],
  );
  return rows[0] === undefined ? null : Row.parse(rows[0]);
}

/**
 * Asks for a page about a thread, unless one is open: it is then left as it is. The same key is the same incident to the pager, so a
 * page that has ended can be asked for again only once the pager knows that it has.
 */
export async function askForThreadPage(db: Queryable, asked: Asked): Promise<boolean> {
  const { threadId, summary, people, call, by } = asked;
  const { rowCount } = await db.query(
    `INSERT INTO pages (key, thread_id, summary, people, until, call, asked_by)
     VALUES ($1::uuid::text, $1::uuid, $2, $3::jsonb, 'ended', $4::jsonb, $5)
     ON CONFLICT (key) DO UPDATE SET
       summary = excluded.summary, people = excluded.people, call = excluded.call, asked_by = excluded.asked_by, created_at = now(),
       round = pages.round + 1, state = 'wanted', attempts = 0, next_attempt_at = now(), failure = NULL,
       acknowledged_by = NULL, acknowledged_at = NULL, acknowledged_sent = false, ended_by = NULL, ended_at = NULL
     WHERE pages.ended_at IS NOT NULL AND pages.state IN ('told', 'resolved')`,
    [threadId, summary, JSON.stringify(people), JSON.stringify(call), by],
  );
  return rowCount === 1;
}

/** Somebody takes care of what was paged about. False where somebody does already, or no page is open. */
export async function acknowledgeThreadPage(db: Queryable, threadId: string, by: string, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE pages SET acknowledged_by = $2, acknowledged_at = $3, next_attempt_at = now()
      WHERE thread_id = $1 AND acknowledged_by IS NULL AND ended_at IS NULL`,
    [threadId, by, at],
  );
  return rowCount === 1;
}

/** What was paged about is over. False where no page is open. One that was never sent is not sent any more. */
export async function endThreadPage(db: Queryable, threadId: string, by: string, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE pages SET ended_by = $2, ended_at = $3, next_attempt_at = now(),
       state = CASE WHEN state = 'wanted' AND attempts = 0 THEN 'resolved' WHEN state = 'wanted' THEN 'sent' ELSE state END
      WHERE thread_id = $1 AND ended_at IS NULL`,
    [threadId, by, at],
  );
  return rowCount === 1;
}

const Healed = z.object({ thread_id: z.uuid(), run_id: z.uuid() });

/** Threads with an open page in which a run has ended since that found the service healthy. */
export async function listHealedPages(db: Queryable): Promise<readonly { readonly threadId: string; readonly runId: string }[]> {
  const { rows } = await db.query(
    `SELECT p.thread_id, r.id AS run_id FROM pages p CROSS JOIN LATERAL (
       SELECT id FROM runs
        WHERE thread_id = p.thread_id AND queued_at > p.created_at AND status = 'done' AND report ->> 'outcome' = 'healthy'
        ORDER BY finished_at LIMIT 1) r
      WHERE p.thread_id IS NOT NULL AND p.ended_at IS NULL`,
  );
  return rows.map((row) => Healed.parse(row)).map(({ thread_id, run_id }) => ({ threadId: thread_id, runId: run_id }));
}
