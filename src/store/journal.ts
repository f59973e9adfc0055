import { z } from 'zod';
import type { Queryable } from './pool.ts';

const StepResult = z.object({
  kind: z.enum(['done', 'not-done', 'stopped', 'broken', 'unknown']),
  text: z.string(),
  facts: z.record(z.string(), z.json()),
});

const Row = z
  .object({
    step: z.int(),
    verb: z.string(),
    intent: z.json(),
    mark: z.record(z.string(), z.string()),
    executor: z.string(),
    result: StepResult.nullable(),
  })
  .readonly();

/** A step as it was written down before it was begun, with its result once there is one. */
export type JournalEntry = z.infer<typeof Row>;
export type JournalResult = z.infer<typeof StepResult>;

/** begun: the step may be done now. taken: it was begun before, or the request is not the executor's any more. frozen: nothing may be begun. */
export type Beginning = 'begun' | 'taken' | 'frozen';

/**
 * Writes down that a step is about to be done, by the executor that holds the request. The row of the request is locked
 * meanwhile: whoever takes the request over afterwards finds the step begun, and whoever has taken it over keeps it from being begun.
 * While a freeze stands nothing is begun. A step that was not begun must not be done.
 */
export async function beginStep(
  db: Queryable,
  entry: {
    readonly requestId: string;
    readonly step: number;
    readonly verb: string;
    readonly intent: unknown;
    readonly mark: Readonly<Record<string, string>>;
    readonly executor: string;
    readonly at: Date;
  },
): Promise<Beginning> {
  const { rowCount } = await db.query(
    `INSERT INTO journal (request_id, step, verb, intent, mark, executor, begun_at)
     SELECT id, $2, $3, $4::jsonb, $5::jsonb, $6, $7 FROM requests
      WHERE id = $1 AND state = 'executing' AND lease_owner = $6 AND NOT EXISTS (SELECT FROM freezes WHERE lifted_at IS NULL)
        FOR NO KEY UPDATE
     ON CONFLICT (request_id, step) DO NOTHING`,
    [entry.requestId, entry.step, entry.verb, JSON.stringify(entry.intent), JSON.stringify(entry.mark), entry.executor, entry.at],
  );
  if (rowCount === 1) return 'begun';
  const { rows } = await db.query(
    `SELECT FROM requests r WHERE id = $1 AND state = 'executing' AND lease_owner = $3
        AND NOT EXISTS (SELECT FROM journal j WHERE j.request_id = r.id AND j.step = $2)`,
    [entry.requestId, entry.step, entry.executor],
  );
  return rows.length === 0 ? 'taken' : 'frozen';
}

/**
 * Writes down what came of a step. The first result stands.
 * @returns false where there is a result already.
 */
export async function endStep(db: Queryable, requestId: string, step: number, result: JournalResult, at: Date): Promise<boolean> {
  const { rowCount } = await db.query(
    'UPDATE journal SET result = $3::jsonb, ended_at = $4 WHERE request_id = $1 AND step = $2 AND result IS NULL',
    [requestId, step, JSON.stringify(result), at],
  );
  return rowCount === 1;
}

/** Every step of a request that was begun, in order. */
export async function listSteps(db: Queryable, requestId: string): Promise<readonly JournalEntry[]> {
  const { rows } = await db.query('SELECT * FROM journal WHERE request_id = $1 ORDER BY step', [requestId]);
  return rows.map((row) => Row.parse(row));
}
