import type { Queryable } from './pool.ts';
import { type Store, transaction } from './pool.ts';

/** How many of each went. */
export interface Forgotten {
  readonly runs: number;
  readonly messages: number;
  readonly requests: number;
  readonly threads: number;
}

/** What a thread's messages are called; a run's begin with "run:". */
const ROOT = "'thread:' || t.id || ':root'";
/** A thread in which nothing is left. */
const LEFT_EMPTY = `t.created_at < now() - make_interval(days => $1)
  AND NOT EXISTS (SELECT FROM runs WHERE thread_id = t.id) AND NOT EXISTS (SELECT FROM requests WHERE thread_id = t.id)
  AND NOT EXISTS (SELECT FROM bundles WHERE thread_id = t.id)`;

/**
 * Forgets runs with their reports and messages, and what is known of support bundles, after `evidenceDays`, and requests, which the audit trail speaks of, after
 * `requestDays`. A thread stays as long as there is a run, a request or a bundle in it, and the messages of a request as long as the request.
 */
export async function forgetOld(
  store: Store,
  { evidenceDays, requestDays }: { readonly evidenceDays: number; readonly requestDays: number },
): Promise<Forgotten> {
  return transaction(store, async (db) => {
    const requests = await forgetRequests(db, requestDays);
    const runs = await forgetRuns(db, evidenceDays);
    await db.query(
      `DELETE FROM bundles WHERE updated_at < now() - make_interval(days => $1)
         AND state NOT IN ('asked', 'collecting', 'packed', 'uploading', 'uploaded')`,
      [evidenceDays],
    );
    const messages = await count(
      db,
      `DELETE FROM messages m WHERE m.updated_at < now() - make_interval(days => $1)
         AND (starts_with(m.key, 'run:') OR NOT EXISTS (
           SELECT FROM threads t WHERE ${ROOT} IN (m.key, m.thread_key)
             AND (EXISTS (SELECT FROM runs WHERE thread_id = t.id) OR EXISTS (SELECT FROM requests WHERE thread_id = t.id)
               OR EXISTS (SELECT FROM bundles WHERE thread_id = t.id))))
         AND NOT EXISTS (SELECT FROM messages child WHERE child.thread_key = m.key AND child.updated_at >= now() - make_interval(days => $1))`,
      evidenceDays,
    );
    for (const table of ['unsealings', 'pages', 'issues'])
      await db.query(`DELETE FROM ${table} WHERE thread_id IN (SELECT t.id FROM threads t WHERE ${LEFT_EMPTY})`, [evidenceDays]);
    const threads = await count(db, `DELETE FROM threads t WHERE ${LEFT_EMPTY}`, evidenceDays);
    return { runs, messages, requests, threads };
  });
}

async function forgetRuns(db: Queryable, days: number): Promise<number> {
  const old = "status NOT IN ('queued', 'running') AND coalesce(finished_at, queued_at) < now() - make_interval(days => $1)";
  await db.query(`UPDATE runs SET previous_run_id = NULL WHERE previous_run_id IN (SELECT id FROM runs WHERE ${old})`, [days]);
  return count(db, `DELETE FROM runs WHERE ${old}`, days);
}

async function forgetRequests(db: Queryable, days: number): Promise<number> {
  const old = `SELECT id FROM requests WHERE updated_at < now() - make_interval(days => $1)
    AND state NOT IN ('planning', 'awaiting-approval', 'approved', 'executing', 'verifying')`;
  for (const table of ['decisions', 'journal', 'locks', 'pages', 'signatures', 'baselines'])
    await db.query(`DELETE FROM ${table} WHERE request_id IN (${old})`, [days]);
  return count(db, `DELETE FROM requests WHERE id IN (${old})`, days);
}

async function count(db: Queryable, sql: string, days: number): Promise<number> {
  return (await db.query(sql, [days])).rowCount ?? 0;
}
