import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { askActivity, Numeric, READ_ALL_STATS } from './sql.ts';

const MOST_HOLDERS = 10;
/** reserved_connections exists from version 16. */
const SQL = `
WITH setting AS (
  SELECT current_setting('max_connections')::int AS max_connections,
         current_setting('superuser_reserved_connections')::int AS superuser_reserved,
         coalesce(current_setting('reserved_connections', true), '0')::int AS reserved
), activity AS (
  SELECT count(*)::int AS total,
         count(*) FILTER (WHERE datname = current_database())::int AS this_database,
         count(*) FILTER (WHERE state = 'active')::int AS active,
         count(*) FILTER (WHERE state = 'idle')::int AS idle,
         count(*) FILTER (WHERE state LIKE 'idle in transaction%')::int AS idle_in_transaction,
         count(*) FILTER (WHERE wait_event_type = 'Lock')::int AS waiting_on_lock,
         count(*) FILTER (WHERE application_name LIKE 'hotswap-bot%')::int AS own
    FROM pg_stat_activity WHERE backend_type = 'client backend'
)
SELECT setting.*, activity.*,
       setting.max_connections - setting.superuser_reserved - setting.reserved AS usable,
       (SELECT datconnlimit FROM pg_database WHERE datname = current_database()) AS database_limit,
       (SELECT coalesce(json_agg(json_build_object('role', r.rolname, 'limit', r.rolconnlimit, 'used',
                 (SELECT count(*) FROM pg_stat_activity a WHERE a.usesysid = r.oid AND a.backend_type = 'client backend'))), '[]')
          FROM pg_roles r WHERE r.rolcanlogin AND r.rolconnlimit >= 0) AS role_limits,
       (SELECT coalesce(json_agg(h), '[]') FROM (
          SELECT coalesce(a.usename, '') AS role, coalesce(a.application_name, '') AS application, host(a.client_addr) AS client,
                 coalesce(a.datname, '') AS database, count(*)::int AS connections
            FROM pg_stat_activity a WHERE a.backend_type = 'client backend' AND a.application_name NOT LIKE 'hotswap-bot%'
           GROUP BY 1, 2, 3, 4 ORDER BY connections DESC, 1, 2 LIMIT ${MOST_HOLDERS}) h) AS holders,
       (SELECT coalesce(json_agg(u), '[]') FROM (
          SELECT coalesce(a.usename, '') AS role, count(*)::int AS connections
            FROM pg_stat_activity a WHERE a.backend_type = 'client backend' GROUP BY 1) u) AS roles
  FROM setting, activity`;

const Answer = z
  .array(
    z.object({
      max_connections: z.int(),
      superuser_reserved: z.int(),
      reserved: z.int(),
      total: z.int(),
      this_database: z.int(),
      active: z.int(),
      idle: z.int(),
      idle_in_transaction: z.int(),
      waiting_on_lock: z.int(),
      own: z.int(),
      usable: z.int(),
      database_limit: z.int(),
      role_limits: z.array(z.object({ role: z.string(), limit: z.int(), used: Numeric })),
      holders: z.array(
        z.object({
          role: z.string(),
          application: z.string(),
          client: z.string().nullable(),
          database: z.string(),
          connections: z.int(),
        }),
      ),
      roles: z.array(z.object({ role: z.string(), connections: z.int() })),
    }),
  )
  .length(1);

export interface Capacity {
  readonly maxConnections: number;
  /** What is left of them for ordinary roles. */
  readonly usable: number;
  readonly used: number;
  readonly inThisDatabase: number;
  readonly active: number;
  readonly idle: number;
  readonly idleInTransaction: number;
  readonly waitingOnLock: number;
  /** The bot's own connections. */
  readonly own: number;
  /** CONNECTION LIMIT of the database; null: none. */
  readonly databaseLimit: number | null;
  readonly roleLimits: readonly { readonly role: string; readonly limit: number; readonly used: number }[];
  /** Who holds the most connections of the server, whatever the database, without the bot. */
  readonly holders: readonly {
    readonly role: string;
    readonly application: string;
    readonly client: string | null;
    readonly database: string;
    readonly connections: number;
  }[];
  /** Connections of each role, whatever the database. */
  readonly roles: readonly { readonly role: string; readonly connections: number }[];
}

export const capacity = defineSource<Capacity>({
  id: 'pg.capacity',
  title: 'Connection slots of PostgreSQL',
  permission: READ_ALL_STATS,
  asked: (target) => psql(target, SQL),
  async collect(context) {
    const [rows] = await askActivity(context, SQL);
    const [row] = parseAnswer(Answer, rows, 'The answer about connection slots');
    if (row === undefined) throw new Error('a checked list of one row has none');
    const data: Capacity = {
      maxConnections: row.max_connections,
      usable: row.usable,
      used: row.total,
      inThisDatabase: row.this_database,
      active: row.active,
      idle: row.idle,
      idleInTransaction: row.idle_in_transaction,
      waitingOnLock: row.waiting_on_lock,
      own: row.own,
      databaseLimit: row.database_limit < 0 ? null : row.database_limit,
      roleLimits: row.role_limits,
      holders: row.holders,
      roles: row.roles,
    };
    return { data, complete: true };
  },
});
