import { z } from 'zod';
import type { PostgresReader } from '../../clients/postgres-read.ts';
import { ReadError } from '../../clients/read-errors.ts';
import { parseAnswer } from './answers.ts';

/** Fragments and types that the SQL sources have in common. Ages are counted from clock_timestamp(), which does not freeze in a transaction. */

/** The start of a backend with microseconds: with the pid it names one session, which a pid alone does not. */
export const BACKEND_START = (alias: string) => microseconds(`${alias}.backend_start`);

/** The start of a statement, likewise: with the session it names one statement. */
export const QUERY_START = (alias: string) => microseconds(`${alias}.query_start`);

const microseconds = (expression: string) => `to_char(${expression} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** bigint and numeric arrive as text. */
export const Numeric = z.union([z.number(), z.string()]).transform(Number);

const CAN_READ_ALL = `SELECT pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS can_read_all`;
const CanReadAll = z.array(z.object({ can_read_all: z.boolean() })).length(1);

/** The part of a source's context that asking PostgreSQL needs. */
export interface Asking {
  readonly clients: { readonly postgres: PostgresReader };
  readonly signal: AbortSignal;
}

export const READ_ALL_STATS = 'GRANT pg_read_all_stats TO the role of the bot';

/**
 * Runs statements over pg_stat_activity and its like. Without pg_read_all_stats these show the bot's own session alone and
 * give no error, so that an empty answer would look like health: the role is asked first.
 */
export async function askActivity(context: Asking, ...statements: readonly string[]): Promise<readonly (readonly unknown[])[]> {
  const [privilege, ...answers] = await context.clients.postgres.queries([CAN_READ_ALL, ...statements], context.signal);
  const [row] = parseAnswer(CanReadAll, privilege, 'The answer about the role');
  if (row?.can_read_all !== true)
    throw new ReadError('forbidden', "The bot's role may not see other sessions (it lacks pg_read_all_stats).", {
      mend: 'GRANT pg_read_all_stats TO hotswap_bot_ro;',
    });
  return answers;
}
