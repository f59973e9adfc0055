import pg from 'pg';
import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { psql } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';

const Row = z.object({ usable: z.int(), others: z.int(), can_read_all_stats: z.boolean() });

export interface Slots {
  /** Connections that the server gives to ordinary roles. */
  readonly usable: number;
  /** Connections in use by anybody but the application. */
  readonly others: number;
}

/** Stands for a database that nobody could look at, where the requester goes on without that guard. */
export const ENDLESS_SLOTS: Slots = { usable: Number.MAX_SAFE_INTEGER, others: 0 };

const statementFor = (roles: readonly string[]) => `
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
         - COALESCE(current_setting('reserved_connections', true), '0')::int AS usable,
       (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'
           AND NOT usename = ANY (ARRAY[${roles.map((role) => pg.escapeLiteral(role)).join(', ')}]::name[]))::int AS others,
       pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS can_read_all_stats`;

/** How many connections the database has to give. */
export const slots = defineSource<Slots>({
  id: 'fix.slots',
  title: 'Connection slots',
  permission: 'GRANT pg_read_all_stats TO the reading role',
  asked: (target) => psql(target, statementFor(target.database.applicationRoles)),
  async collect({ target, clients, signal }) {
    const [raw] = await clients.postgres.query(statementFor(target.database.applicationRoles), signal);
    const { usable, others, can_read_all_stats: sees } = parseAnswer(Row, raw, 'The connection slots');
    if (!sees) throw new ReadError('forbidden', 'The reading role does not see the sessions of other roles.');
    return { data: { usable, others }, complete: true };
  },
});
