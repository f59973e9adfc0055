import { escapeIdentifier, escapeLiteral } from 'pg';

/** Passwords of the roles of hotswap's own cluster. */
export interface RolePasswords {
  readonly hotswap: string;
  readonly hotswap_bot_ro: string;
  readonly hotswap_bot_fix: string;
}

/** Other programs of the company that read the service's tables; they were given the service's password, as happens. */
export const REPORTS_ROLE = 'insight_reader';

/** Connections that the reading role may hold: two for each worker and target, and two more. */
const READ_CONNECTIONS = 18;
const FIX_CONNECTIONS = 4;

/** Creates the roles: the service's own (owner of its tables), the bot's reading one and the bot's repairing one. */
export function createRoles(passwords: RolePasswords): readonly string[] {
  return [
    `CREATE ROLE hotswap LOGIN PASSWORD ${escapeLiteral(passwords.hotswap)}`,
    'ALTER ROLE hotswap SET max_parallel_workers_per_gather = 0',
    `CREATE ROLE ${REPORTS_ROLE} LOGIN PASSWORD ${escapeLiteral(passwords.hotswap)}`,
    `CREATE ROLE hotswap_bot_ro LOGIN PASSWORD ${escapeLiteral(passwords.hotswap_bot_ro)} CONNECTION LIMIT ${READ_CONNECTIONS}`,
    'GRANT pg_read_all_stats, pg_use_reserved_connections TO hotswap_bot_ro',
    'ALTER ROLE hotswap_bot_ro SET default_transaction_read_only = on',
    "ALTER ROLE hotswap_bot_ro SET statement_timeout = '5s'",
    "ALTER ROLE hotswap_bot_ro SET lock_timeout = '1s'",
    "ALTER ROLE hotswap_bot_ro SET idle_in_transaction_session_timeout = '10s'",
    `CREATE ROLE hotswap_bot_fix LOGIN PASSWORD ${escapeLiteral(passwords.hotswap_bot_fix)} CONNECTION LIMIT ${FIX_CONNECTIONS}`,
    'GRANT pg_read_all_stats, pg_signal_backend TO hotswap_bot_fix',
    "ALTER ROLE hotswap_bot_fix SET statement_timeout = '10s'",
    "ALTER ROLE hotswap_bot_fix SET lock_timeout = '2s'",
  ];
}

/** Sets the passwords anew, for a cluster that was kept. */
export function setPasswords(passwords: RolePasswords): readonly string[] {
  return Object.entries({ ...passwords, [REPORTS_ROLE]: passwords.hotswap }).map(
    ([role, password]) => `ALTER ROLE ${escapeIdentifier(role)} PASSWORD ${escapeLiteral(password)}`,
  );
}

/** Tables that the bot may read rows of: those of the guide, and those that it may give an index. */
const readableTables = ['deployment_jobs', 'approval_requests', 'audit_events', 'module_artifacts'] as const;

/** What the bot's roles may do in one database of the service. */
export function grantStatements(database: string): readonly string[] {
  const name = escapeIdentifier(database);
  return [
    `REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`,
    `GRANT CONNECT ON DATABASE ${name} TO hotswap, hotswap_bot_ro, hotswap_bot_fix, ${REPORTS_ROLE}`,
    'GRANT USAGE ON SCHEMA public TO hotswap_bot_ro, hotswap_bot_fix',
    `GRANT SELECT ON ${readableTables.map((table) => `public.${table}`).join(', ')} TO hotswap_bot_ro`,
    'GRANT SELECT ON public.deployment_jobs, public.approval_requests TO hotswap_bot_fix',
    `GRANT UPDATE (status, locked_until, retry_count, next_retry_at, completed_at, error_message)
       ON public.deployment_jobs TO hotswap_bot_fix`,
    'GRANT UPDATE (status, responded_at, response_reason, updated_at) ON public.approval_requests TO hotswap_bot_fix',
  ];
}
