import { z } from 'zod';
import type { Queryable } from './pool.ts';

/** Holds a target until the transaction ends: whoever counts or looks for others on it does so alone. */
export async function holdTarget(db: Queryable, target: string): Promise<void> {
  await db.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`hotswap target ${target}`]);
}

/** When fixes that people notice (R2, R3) were begun on a target since a moment, oldest first. What takes others back is left out. */
export async function listDisruptions(db: Queryable, target: string, since: Date, except: string): Promise<readonly Date[]> {
  const { rows } = await db.query<{ executed_at: Date }>(
    `SELECT executed_at FROM requests
      WHERE target = $1 AND executed_at > $2 AND id <> $3
        AND record -> 'plan' ->> 'risk' IN ('R2', 'R3') AND record ->> 'undoes' IS NULL
      ORDER BY executed_at`,
    [target, since, except],
  );
  return rows.map((row) => row.executed_at);
}

const Open = z.object({ id: z.uuid(), thread_id: z.uuid(), title: z.string(), state: z.string() });

/** A fix that is open on a target: it waits for approvals, is about to run, or runs. */
export type OpenFix = Readonly<z.infer<typeof Open>>;

/** The oldest open fix of a target besides those named, or null where there is none. */
export async function findOpenFix(db: Queryable, target: string, except: readonly string[]): Promise<OpenFix | null> {
  const { rows } = await db.query(
    `SELECT id, thread_id, record ->> 'title' AS title, state FROM requests
      WHERE target = $1 AND state IN ('awaiting-approval', 'approved', 'executing') AND id <> ALL ($2::uuid[])
        AND (expires_at > now() OR state = 'executing')
      ORDER BY created_at LIMIT 1`,
    [target, [...except]],
  );
  return rows[0] === undefined ? null : Open.parse(rows[0]);
}
