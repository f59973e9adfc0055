-- The bot's roles in the service's database. Run once as a superuser, with passwords of your own:
--
--   psql "$ADMIN_URL" -v ro_password=… -v fix_password=… -v workers=2 -f deploy/database-roles.sql
--
-- hotswap_bot_ro reads (worker, executor). hotswap_bot_fix ends sessions (executor alone). Neither owns anything.
-- Index builds run as the owner of the tables, through a connection that only the executor has.
\set ON_ERROR_STOP on

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
GRANT USAGE ON SCHEMA public TO hotswap_bot_ro;
-- These, and each table of `indexableTables` in config/hotswap.yaml, so that the plan of a slow statement can be read.
GRANT SELECT ON public.deployment_jobs, public.approval_requests TO hotswap_bot_ro;

CREATE ROLE hotswap_bot_fix LOGIN PASSWORD :'fix_password' CONNECTION LIMIT 2;
GRANT pg_read_all_stats, pg_signal_backend TO hotswap_bot_fix;
ALTER ROLE hotswap_bot_fix SET statement_timeout = '10s';
ALTER ROLE hotswap_bot_fix SET lock_timeout = '2s';
GRANT USAGE ON SCHEMA public TO hotswap_bot_fix;

-- Before version 15 everybody may create objects in public. From now on only owners of tables in it may, so the bot may not.
SELECT 'REVOKE CREATE ON SCHEMA public FROM PUBLIC' WHERE current_setting('server_version_num')::int < 150000 \gexec
SELECT DISTINCT format('GRANT CREATE ON SCHEMA public TO %I', tableowner) FROM pg_tables
 WHERE schemaname = 'public' AND current_setting('server_version_num')::int < 150000 \gexec

SELECT format('GRANT CONNECT ON DATABASE %I TO hotswap_bot_ro, hotswap_bot_fix', current_database()) \gexec
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
