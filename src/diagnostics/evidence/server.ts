import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
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

/** Faults that say something about the server; the others say something about the bot. */
const ABOUT_THE_SERVER = new Set([
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
  async collect({ clients, signal }): Promise<Reading<Server>> {
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
      if (!(error instanceof ReadError) || error.fault === undefined || !ABOUT_THE_SERVER.has(error.fault)) throw error;
      return { data: { connected: false, fault: error.fault, code: error.code ?? null, message: error.message }, complete: true };
    }
  },
});
