import type { Queryable } from './pool.ts';

/**
 * Takes the lock of one thing for a request. A lock outlives its executor; one whose request is not about to run, nor
 * running, binds nobody any more.
 * @returns the request that holds it, which is the asking one where it was free.
 */
export async function takeLock(db: Queryable, target: string, identity: string, requestId: string): Promise<string> {
  await db.query(
    `DELETE FROM locks l USING requests r
      WHERE l.target = $1 AND l.identity = $2 AND r.id = l.request_id AND r.state NOT IN ('approved', 'executing')`,
    [target, identity],
  );
  await db.query('INSERT INTO locks (target, identity, request_id) VALUES ($1, $2, $3) ON CONFLICT (target, identity) DO NOTHING', [
    target,
    identity,
    requestId,
  ]);
  const { rows } = await db.query<{ request_id: string }>('SELECT request_id FROM locks WHERE target = $1 AND identity = $2', [
    target,
    identity,
  ]);
  return rows[0]?.request_id ?? takeLock(db, target, identity, requestId);
}

/** Gives back every lock of a request. */
export async function releaseLocks(db: Queryable, requestId: string): Promise<void> {
  await db.query('DELETE FROM locks WHERE request_id = $1', [requestId]);
}
