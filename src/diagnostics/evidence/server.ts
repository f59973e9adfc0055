import { z } from 'zod';
import { type PostgresFault, ReadError } from '../../clients/read-errors.ts';
import type { NamedTarget } from '../../config/settings.ts';
import { psql } from '../rules/shell.ts';
import { defineSource, type Reading } from '../types.ts';
import { parseAnswer } from './answers.ts';

const SQL = `
SELECT current_setting('server_version_num')::int AS version_num, current_setting('server_version') AS version,
       current_database() AS database, current_user AS role, pg_is_in_recovery() AS in_recovery,
       pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS can_read_all_stats`;

const Answer = z
  .array(
    z.object({
      version_num: z.int(),
      version: z.string(),
      database: z.string(),
      role: z.string(),
      in_recovery: z.boolean(),
      can_read_all_stats: z.boolean(),
    }),
  )
  .length(1);

/** The server, or the way in which it would not let the bot in: that is evidence as well. */
type Server =
  | {
      readonly connected: true;
      readonly connectMs: number;
      /** As server_version_num: 180004 is 18.4. */
      readonly versionNumber: number;
      readonly version: string;
      readonly database: string;
      readonly role: string;
      readonly inRecovery: boolean;
      readonly canReadAllStats: boolean;
    }
  | { readonly connected: false; readonly fault: string; readonly code: string | null; readonly message: string };

/** Faults that say something about the server; the others (its password, its entry in pg_hba.conf, the limit of its role) are about the bot. */
const ABOUT_THE_SERVER: ReadonlySet<PostgresFault> = new Set<PostgresFault>([
  'slots-exhausted',
  'database-limit',
  'not-accepting',
  'terminated',
  'refused',
  'dns',
  'timeout',
  'tls',
  'not-postgres',
  'no-database',
  'disk-full',
]);

export const server = defineSource<Server>({
  id: 'pg.server',
  title: 'PostgreSQL server',
  permission: 'GRANT CONNECT ON DATABASE to the role of the bot',
  asked: (target) => psql(target, SQL),
  async collect({ clients, signal, target }): Promise<Reading<Server>> {
    try {
      const { rows, milliseconds } = await clients.postgres.measure(SQL, signal);
      const [row] = parseAnswer(Answer, rows, 'The identity of the server');
      if (row === undefined) throw new Error('a checked list of one row has none');
      const data: Server = {
        connected: true,
        connectMs: Math.round(milliseconds),
        versionNumber: row.version_num,
        version: row.version,
        database: row.database,
        role: row.role,
        inRecovery: row.in_recovery,
        canReadAllStats: row.can_read_all_stats,
      };
      return { data, complete: true };
    } catch (error) {
      if (!(error instanceof ReadError) || error.fault === undefined) throw error;
      const { fault, code, message } = error;
      if (ABOUT_THE_SERVER.has(fault)) return { data: { connected: false, fault, code: code ?? null, message }, complete: true };
      throw aboutTheBot(error, target);
    }
  },
});

/** What would let the bot in, where it is the bot that is kept out. */
function aboutTheBot(error: ReadError, { database }: NamedTarget): ReadError {
  const mend = MEND[error.fault ?? 'other']?.(database.readUrlFrom);
  if (mend === undefined) return error;
  const { reason, message, code, fault } = error;
  return new ReadError(reason, message, { code, mend, cause: error, ...(fault === undefined ? {} : { fault }) });
}

const MEND: Partial<Record<PostgresFault, (variable: string) => string>> = {
  'auth-failed': (variable) => `Put the present user and password of the bot's own role into ${variable}.`,
  'no-password': (variable) => `Put the password of the bot's own role into ${variable}.`,
  'pg-hba': () => "Let the bot's own role and address in: a line in pg_hba.conf, then SELECT pg_reload_conf().",
  'role-limit': () => "Raise the CONNECTION LIMIT of the bot's own role: two for each worker, and two more.",
};
