import { z } from 'zod';
import type { Queryable } from './pool.ts';

const Row = z
  .object({
    id: z.uuid(),
    request_id: z.uuid(),
    statement: z.string(),
    signature: z.string(),
    verdict: z.enum(['counted', 'refused']).nullable(),
    message: z.string().nullable(),
  })
  .transform(({ request_id, ...row }) => ({ ...row, requestId: request_id }));

/** A decision that was signed in a terminal, and what came of it; `verdict` is null until an executor has looked at it. */
export type SignedDecision = Readonly<z.infer<typeof Row>>;

/** Hands a signed decision in. It counts for nothing before it is judged. */
export async function submitSignature(
  db: Queryable,
  { id, requestId, statement, signature }: Omit<SignedDecision, 'verdict' | 'message'>,
): Promise<void> {
  await db.query('INSERT INTO signatures (id, request_id, statement, signature) VALUES ($1, $2, $3, $4)', [
    ...[id, requestId, statement, signature],
  ]);
}

/** One signed decision, or null. */
export async function findSignature(db: Queryable, id: string): Promise<SignedDecision | null> {
  const { rows } = await db.query('SELECT * FROM signatures WHERE id = $1', [id]);
  return rows[0] === undefined ? null : Row.parse(rows[0]);
}

/** Those that nobody has judged, oldest first. */
export async function listUnjudgedSignatures(db: Queryable): Promise<readonly SignedDecision[]> {
  const { rows } = await db.query('SELECT * FROM signatures WHERE verdict IS NULL ORDER BY submitted_at, id LIMIT 50');
  return rows.map((row) => Row.parse(row));
}

/** Writes down what came of one. False where it was judged before: the first verdict stands. */
export async function judgeSignature(
  db: Queryable,
  id: string,
  verdict: 'counted' | 'refused',
  message: string,
  at: Date,
): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE signatures SET verdict = $2, message = $3, judged_at = $4 WHERE id = $1 AND verdict IS NULL',
    [id, verdict, message, at],
  );
  return rowCount === 1;
}
