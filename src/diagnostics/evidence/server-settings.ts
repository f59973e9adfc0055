import { z } from 'zod';
import { psql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';

/**
 * Settings of the server, and those that databases and roles have of their own. What the bot's own role or database sets
 * hides the server's value from the bot: such a setting says nothing of the server.
 */
const SETTINGS = `
SELECT name, setting, coalesce(unit, '') AS unit, context, source, pending_restart
  FROM pg_settings
 WHERE name IN ('max_connections', 'superuser_reserved_connections', 'reserved_connections', 'shared_buffers', 'work_mem', 'statement_timeout',
                'lock_timeout', 'idle_in_transaction_session_timeout', 'idle_session_timeout', 'default_transaction_read_only',
                'log_min_duration_statement', 'deadlock_timeout')
    OR pending_restart
 ORDER BY name`;
const OWN = `
SELECT coalesce(d.datname, '') AS database, coalesce(r.rolname, '') AS role, c.setting
  FROM pg_db_role_setting s
  LEFT JOIN pg_database d ON d.oid = s.setdatabase
  LEFT JOIN pg_roles r ON r.oid = s.setrole
 CROSS JOIN LATERAL unnest(s.setconfig) AS c(setting)
 WHERE s.setdatabase = 0 OR d.datname = current_database()
 ORDER BY 1, 2, 3 LIMIT 200`;

const Settings = z.array(
  z.object({
    name: z.string(),
    setting: z.string(),
    unit: z.string(),
    context: z.string(),
    source: z.string(),
    pending_restart: z.boolean(),
  }),
);
const Own = z.array(z.object({ database: z.string(), role: z.string(), setting: z.string() }));

/** Where a value comes from the bot's own role, database or session. */
const HIDDEN = new Set(['user', 'database', 'database user', 'session', 'client']);

export interface ServerSettings {
  readonly settings: readonly {
    readonly name: string;
    /** With its unit; null where the bot's own role or database overrides it. */
    readonly value: string | null;
    /** The server was told another value, which holds after its next restart. */
    readonly pendingRestart: boolean;
  }[];
  /** What ALTER ROLE … SET and ALTER DATABASE … SET say: an empty database or role means all of them. */
  readonly own: readonly { readonly database: string; readonly role: string; readonly name: string; readonly value: string }[];
}

export const serverSettings = defineSource<ServerSettings>({
  id: 'pg.settings',
  title: 'Settings of PostgreSQL',
  permission: 'none beyond CONNECT',
  asked: (target) => psql(target, SETTINGS),
  async collect({ clients, signal }) {
    const [settings, own] = await clients.postgres.queries([SETTINGS, OWN], signal);
    const data: ServerSettings = {
      settings: parseAnswer(Settings, settings, 'The answer about settings').map(({ name, setting, unit, source, pending_restart }) => ({
        name,
        value: HIDDEN.has(source) ? null : `${setting}${unit}`,
        pendingRestart: pending_restart,
      })),
      own: parseAnswer(Own, own, 'The answer about settings of roles').flatMap(({ database, role, setting }) => {
        const equals = setting.indexOf('=');
        return equals < 0 ? [] : [{ database, role, name: setting.slice(0, equals), value: setting.slice(equals + 1) }];
      }),
    };
    return { data, complete: true };
  },
});
