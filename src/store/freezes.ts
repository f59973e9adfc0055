import { z } from 'zod';
import type { Queryable } from './pool.ts';

const Row = z
  .object({
    id: z.uuid(),
    reason: z.string(),
    frozen_by: z.string(),
    frozen_at: z.date(),
    lifted_by: z.string().nullable(),
    lifted_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    reason: row.reason,
    by: row.frozen_by,
    at: row.frozen_at,
    lifted: row.lifted_by === null || row.lifted_at === null ? null : { by: row.lifted_by, at: row.lifted_at },
  }));

/** Everything stands still: who said so, when and why, and who let it go on. */
export type Freeze = Readonly<z.infer<typeof Row>>;

/** The freeze that stands now, or null. */
export async function activeFreeze(db: Queryable): Promise<Freeze | null> {
  const { rows } = await db.query('SELECT * FROM freezes WHERE lifted_at IS NULL');
  return rows[0] === undefined ? null : Row.parse(rows[0]);
}

/** The freeze that stands now, which nobody lifts before the transaction ends; or null. */
export async function holdActiveFreeze(db: Queryable): Promise<Freeze | null> {
  const { rows } = await db.query('SELECT * FROM freezes WHERE lifted_at IS NULL FOR SHARE');
  return rows[0] === undefined ? null : Row.parse(rows[0]);
}

/** Freezes that stood at some time since then, oldest first; 50 at most. */
export async function listFreezes(db: Queryable, since: Date): Promise<readonly Freeze[]> {
  const { rows } = await db.query('SELECT * FROM freezes WHERE lifted_at IS NULL OR lifted_at >= $1 ORDER BY frozen_at LIMIT 50', [since]);
  return rows.map((row) => Row.parse(row));
}

/** Freezes, unless a freeze stands already: it is then returned as it is. */
export async function beginFreeze(
  db: Queryable,
  asked: { readonly id: string; readonly reason: string; readonly by: string; readonly at: Date },
): Promise<{ readonly freeze: Freeze; readonly begun: boolean }> {
  const { rows } = await db.query(
    `INSERT INTO freezes (id, reason, frozen_by, frozen_at) VALUES ($1, $2, $3, $4)
     ON CONFLICT ((true)) WHERE lifted_at IS NULL DO NOTHING RETURNING *`,
    [asked.id, asked.reason, asked.by, asked.at],
  );
  if (rows[0] !== undefined) return { freeze: Row.parse(rows[0]), begun: true };
  const standing = await activeFreeze(db);
  return standing === null ? beginFreeze(db, asked) : { freeze: standing, begun: false };
}

/** Lifts the freeze that stands, or the one of that id alone. Returns it, or null where it does not stand any more. */
export async function liftFreeze(db: Queryable, by: string, at: Date, id: string | null = null): Promise<Freeze | null> {
  const { rows } = await db.query(
    'UPDATE freezes SET lifted_by = $1, lifted_at = $2 WHERE lifted_at IS NULL AND ($3::uuid IS NULL OR id = $3) RETURNING *',
    [by, at, id],
  );
  return rows[0] === undefined ? null : Row.parse(rows[0]);
}
