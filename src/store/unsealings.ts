import { z } from 'zod';
import type { Queryable } from './pool.ts';
import { type Run, RunRow } from './runs.ts';

/** One server of Vault as it was last seen. What a server that does not answer once said stays, with `answers` false. */
export const WatchedServer = z.object({
  address: z.string(),
  answers: z.boolean(),
  initialized: z.boolean(),
  sealed: z.boolean(),
  /** `shamir`: people hold shares of the key; everything else unseals through a key service. */
  type: z.string(),
  threshold: z.int(),
  shares: z.int(),
  /** Shares that were given since it was sealed. */
  progress: z.int(),
});
export type WatchedServer = z.infer<typeof WatchedServer>;

const Row = z
  .object({
    thread_id: z.uuid(),
    target: z.string(),
    state: z.enum(['watching', 'unsealed', 'given-up']),
    servers: z.array(WatchedServer),
    began_at: z.date(),
    deadline_at: z.date(),
    ended_at: z.date().nullable(),
  })
  .transform(({ thread_id, began_at, deadline_at, ended_at, ...row }) => ({
    ...row,
    threadId: thread_id,
    beganAt: began_at,
    deadlineAt: deadline_at,
    endedAt: ended_at,
  }));

/** What a thread shows of the unsealing of a target's Vault. */
export type Unsealing = Readonly<z.infer<typeof Row>>;

/**
 * Begins to follow the unsealing in a thread, or anew where an earlier one there has ended. Nothing happens where one is
 * followed already, however many runs ask for it.
 */
export async function beginUnsealing(db: Queryable, begun: Omit<Unsealing, 'state' | 'endedAt'>): Promise<void> {
  await db.query(
    `INSERT INTO unsealings (thread_id, target, state, servers, began_at, deadline_at) VALUES ($1, $2, 'watching', $3::jsonb, $4, $5)
     ON CONFLICT (thread_id, target) DO UPDATE SET
       state = 'watching', servers = excluded.servers, began_at = excluded.began_at, deadline_at = excluded.deadline_at, ended_at = NULL
     WHERE unsealings.state <> 'watching'`,
    [begun.threadId, begun.target, JSON.stringify(begun.servers), begun.beganAt, begun.deadlineAt],
  );
}

export async function listWatchedUnsealings(db: Queryable): Promise<readonly Unsealing[]> {
  const { rows } = await db.query("SELECT * FROM unsealings WHERE state = 'watching' ORDER BY began_at");
  return rows.map((row) => Row.parse(row));
}

export async function findUnsealing(db: Queryable, threadId: string, target: string): Promise<Unsealing | null> {
  const { rows } = await db.query('SELECT * FROM unsealings WHERE thread_id = $1 AND target = $2', [threadId, target]);
  return rows[0] === undefined ? null : Row.parse(rows[0]);
}

/** Writes what was seen. Hold the thread's lock (`lockThread`), because its message is drawn of it. */
export async function saveUnsealing(db: Queryable, { threadId, target, state, servers, endedAt }: Unsealing): Promise<void> {
  await db.query('UPDATE unsealings SET state = $3, servers = $4::jsonb, ended_at = $5 WHERE thread_id = $1 AND target = $2', [
    threadId,
    target,
    state,
    JSON.stringify(servers),
    endedAt,
  ]);
}

/**
 * The newest run of each thread and target that concluded one of the causes lately, and since when nothing was followed there.
 * An unsealing that began after the run has answered it.
 */
export async function listRunsWithoutUnsealing(
  db: Queryable,
  { causes, since }: { readonly causes: readonly string[]; readonly since: Date },
): Promise<readonly Run[]> {
  const { rows } = await db.query(
    `SELECT DISTINCT ON (r.thread_id, r.target) r.* FROM runs r
     WHERE r.finished_at > $2 AND r.status = 'done'
       AND EXISTS (SELECT FROM jsonb_array_elements(r.report -> 'diagnoses') d
                   WHERE d ->> 'cause' = ANY ($1::text[]) AND d ->> 'certainty' <> 'possible')
       AND NOT EXISTS (SELECT FROM unsealings u
                       WHERE u.thread_id = r.thread_id AND u.target = r.target
                         AND (u.state = 'watching' OR u.began_at >= r.finished_at OR u.ended_at >= r.finished_at))
     ORDER BY r.thread_id, r.target, r.finished_at DESC`,
    [[...causes], since],
  );
  return rows.map((row) => RunRow.parse(row));
}
