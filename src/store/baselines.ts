import { z } from 'zod';
import { Report } from '../diagnostics/report.ts';
import type { Queryable } from './pool.ts';

const Row = z.object({ topic: z.string(), report: Report }).readonly();

/** What the checks of a topic said just before a fix. */
export type Baseline = z.infer<typeof Row>;

/** Keeps the baseline of a request. A later one replaces it: it is taken right before the first step. */
export async function saveBaseline(db: Queryable, requestId: string, { topic, report }: Baseline, at: Date): Promise<void> {
  await db.query(
    `INSERT INTO baselines (request_id, topic, report, taken_at) VALUES ($1, $2, $3::jsonb, $4)
     ON CONFLICT (request_id) DO UPDATE SET topic = excluded.topic, report = excluded.report, taken_at = excluded.taken_at`,
    [requestId, topic, JSON.stringify(report), at],
  );
}

/** The baseline of a request, or null where none was taken. */
export async function findBaseline(db: Queryable, requestId: string): Promise<Baseline | null> {
  const { rows } = await db.query('SELECT topic, report FROM baselines WHERE request_id = $1', [requestId]);
  return rows[0] === undefined ? null : Row.parse(rows[0]);
}
