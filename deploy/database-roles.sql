-- The bot's roles in the service's database. Run once as a superuser, with passwords of your own:
--
--   psql "$ADMIN_URL" -v ro_password=… -v fix_password=… -v workers=2 -f deploy/database-roles.sql
--
-- hotswap_bot_ro reads (worker, executor). hotswap_bot_fix ends sessions, cancels statements, and changes a few columns of
-- jobs and approvals (executor alone). Neither owns anything. Index builds and ANALYZE run as the owner of the tables,
-- through a connection that only the executor has.
--
-- The tables are found whatever the mapper called them, deployment_jobs or "DeploymentJobs", and so are their columns.
-- Two executors are reckoned with: -v executors=…
-- Where they have other names: -v jobs_table=… -v approvals_table=… -v schema=…
\set ON_ERROR_STOP on
\if :{?executors}
\else
\set executors 2
\endif
\if :{?schema}
\else
\set schema public
\endif
\if :{?jobs_table}
\else
\set jobs_table deployment_jobs
\endif
\if :{?approvals_table}
\else
\set approvals_table approval_requests
\endif

CREATE ROLE hotswap_bot_ro LOGIN PASSWORD :'ro_password';
-- Two connections a worker, two for the executor and the terminal: a mistake of the bot must not eat the service's slots.
SELECT format('ALTER ROLE hotswap_bot_ro CONNECTION LIMIT %s', 2 * :workers + 2) \gexec
GRANT pg_read_all_stats TO hotswap_bot_ro;
-- From version 16 on, with reserved_connections = 2 in postgresql.conf: the bot gets in when nobody else does.
SELECT 'GRANT pg_use_reserved_connections TO hotswap_bot_ro' WHERE current_setting('server_version_num')::int >= 160000 \gexec
ALTER ROLE hotswap_bot_ro SET default_transaction_read_only = on;
ALTER ROLE hotswap_bot_ro SET statement_timeout = '5s';
ALTER ROLE hotswap_bot_ro SET lock_timeout = '1s';
ALTER ROLE hotswap_bot_ro SET idle_in_transaction_session_timeout = '10s';

CREATE ROLE hotswap_bot_fix LOGIN PASSWORD :'fix_password';
-- Two for each executor: one that is kept for ending sessions, one for rows.
SELECT format('ALTER ROLE hotswap_bot_fix CONNECTION LIMIT %s', 2 * :executors) \gexec
GRANT pg_read_all_stats TO hotswap_bot_fix;
GRANT pg_signal_backend TO hotswap_bot_fix;
ALTER ROLE hotswap_bot_fix SET statement_timeout = '10s';
ALTER ROLE hotswap_bot_fix SET lock_timeout = '2s';
ALTER ROLE hotswap_bot_fix SET idle_in_transaction_session_timeout = '10s';

SELECT format('GRANT USAGE ON SCHEMA %I TO hotswap_bot_ro, hotswap_bot_fix', :'schema') \gexec

-- The two tables, each by the name that the mapper gave it; one that is not there is named as it stands above, and fails.
CREATE TEMPORARY TABLE hotswap_table AS
SELECT w.kind, coalesce(c.oid, 0) AS oid, format('%I.%I', :'schema'::text, coalesce(c.relname, w.name)) AS sql
  FROM (VALUES ('jobs', :'jobs_table'), ('approvals', :'approvals_table')) AS w(kind, name)
  LEFT JOIN (pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace)
    ON n.nspname = :'schema' AND c.relkind IN ('r', 'p') AND lower(replace(c.relname, '_', '')) = lower(replace(w.name, '_', ''));

-- Beside these, let hotswap_bot_ro read each table of indexableTables in config/hotswap.yaml, so that the plan of a slow
-- statement can be looked at.
SELECT format('GRANT SELECT ON %s TO hotswap_bot_ro, hotswap_bot_fix', sql) FROM hotswap_table ORDER BY sql \gexec

-- What fix.job.fail and fix.job.requeue, and what fix.approval.expire change: nothing else of a row, and no row is made or deleted.
SELECT format('GRANT UPDATE (%s) ON %s TO hotswap_bot_fix', string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum), t.sql)
  FROM hotswap_table t
  JOIN (VALUES ('jobs', 'status'), ('jobs', 'lockeduntil'), ('jobs', 'completedat'), ('jobs', 'retrycount'), ('jobs', 'nextretryat'),
               ('jobs', 'errormessage'), ('approvals', 'status'), ('approvals', 'respondedat'), ('approvals', 'responsereason'),
               ('approvals', 'updatedat')) AS w(kind, name) ON w.kind = t.kind
  JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped AND lower(replace(a.attname, '_', '')) = w.name
 GROUP BY t.sql ORDER BY t.sql \gexec
DROP TABLE hotswap_table;

-- Before version 15 everybody may create objects in public. From now on only owners of tables in it may, so the bot may not.
SELECT 'REVOKE CREATE ON SCHEMA public FROM PUBLIC' WHERE current_setting('server_version_num')::int < 150000 \gexec
SELECT DISTINCT format('GRANT CREATE ON SCHEMA public TO %I', tableowner) FROM pg_tables
 WHERE schemaname = 'public' AND current_setting('server_version_num')::int < 150000 \gexec

SELECT format('GRANT CONNECT ON DATABASE %I TO hotswap_bot_ro, hotswap_bot_fix', current_database()) \gexec
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
