import type { Queryable } from './pool.ts';

export type Role = 'bot' | 'worker' | 'executor';

/** A process that was not heard of for so long is taken for dead. */
const DEAD_AFTER_SECONDS = 8;

/** Says that a process is alive. Call it every few seconds. */
export async function beat(db: Queryable, instance: string, role: Role): Promise<void> {
  await db.query(
    `INSERT INTO processes (instance, role) VALUES ($1, $2)
     ON CONFLICT (instance) DO UPDATE SET seen_at = now()`,
    [instance, role],
  );
}

/** Says that a process ends in good order. */
export async function leave(db: Queryable, instance: string): Promise<void> {
  await db.query('DELETE FROM processes WHERE instance = $1', [instance]);
}

/** The instances of a role that live: those that were heard of within the last `withinSeconds`. */
export async function liveInstances(db: Queryable, role: Role, withinSeconds = DEAD_AFTER_SECONDS): Promise<readonly string[]> {
  const { rows } = await db.query<{ instance: string }>(
    'SELECT instance FROM processes WHERE role = $1 AND seen_at > now() - make_interval(secs => $2) ORDER BY started_at',
    [role, withinSeconds],
  );
  return rows.map(({ instance }) => instance);
}

/** Forgets processes that were killed long ago. */
export async function forgetDeadProcesses(db: Queryable): Promise<void> {
  await db.query("DELETE FROM processes WHERE seen_at < now() - interval '1 hour'");
}
