import { z } from 'zod';
import type { Queryable } from './pool.ts';

/** A bucket of calls: `capacity` at once, refilled by `perSecond`. `reserve` calls are left for what is more urgent. */
export interface Allowance {
  readonly name: string;
  readonly capacity: number;
  readonly perSecond: number;
  readonly reserve: number;
}

const TAKE = `
  INSERT INTO slack_allowances AS bucket (name, tokens) VALUES ($1, $2::float8 - 1)
  ON CONFLICT (name) DO UPDATE SET
    tokens = least($2, bucket.tokens + extract(epoch FROM clock_timestamp() - bucket.refilled_at) * $3) - 1,
    refilled_at = clock_timestamp()
  WHERE least($2, bucket.tokens + extract(epoch FROM clock_timestamp() - bucket.refilled_at) * $3) >= 1 + $4::float8
  RETURNING tokens`;

const WAIT = `
  SELECT greatest(0.1, (1 + $4::float8 - least($2::float8, tokens + extract(epoch FROM clock_timestamp() - refilled_at) * $3::float8)) / $3::float8)
    AS seconds
  FROM slack_allowances WHERE name = $1`;

const Wait = z.object({ seconds: z.number() });

/** Takes one call of an allowance that all instances share. Returns 0, or the seconds to wait before asking again. */
export async function takeAllowance(db: Queryable, { name, capacity, perSecond, reserve }: Allowance): Promise<number> {
  const values = [name, capacity, perSecond, reserve];
  const taken = await db.query(TAKE, values);
  if (taken.rowCount === 1) return 0;
  const { rows } = await db.query(WAIT, values);
  return Wait.parse(rows[0]).seconds;
}

/** Slack said to wait with a method (429 and Retry-After): no instance calls it until then. */
export async function blockMethod(db: Queryable, method: string, seconds: number): Promise<void> {
  await db.query(
    `INSERT INTO slack_allowances AS bucket (name, tokens, blocked_until)
     VALUES ($1, 0, clock_timestamp() + make_interval(secs => $2))
     ON CONFLICT (name) DO UPDATE SET blocked_until = greatest(bucket.blocked_until, excluded.blocked_until)`,
    [`method ${method}`, seconds],
  );
}

/** Seconds until a method may be called again; 0 where Slack has not said to wait. */
export async function blockedSeconds(db: Queryable, method: string): Promise<number> {
  const { rows } = await db.query<{ seconds: number }>(
    'SELECT extract(epoch FROM blocked_until - clock_timestamp())::float8 AS seconds FROM slack_allowances WHERE name = $1 AND blocked_until > clock_timestamp()',
    [`method ${method}`],
  );
  return rows[0]?.seconds ?? 0;
}
