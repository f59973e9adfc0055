-- The bot's roles in its own database, the store. Run once as a superuser in that database, with passwords of your own:
--
--   psql "$ADMIN_URL" -v owner_password=… -v bot_password=… -f deploy/store-roles.sql
--
-- hotswap_bot_owner owns the tables; "npm run release" alone connects as it (STORE_OWNER_DATABASE_URL). hotswap_bot is what the
-- processes and the terminal connect as (STORE_DATABASE_URL): it reads and writes, and to the audit trail it can only add.
-- Where the processes own the tables already, hand them over afterwards, then run a release:
--   ALTER TABLE … OWNER TO hotswap_bot_owner, for each table of the schema public
\set ON_ERROR_STOP on

CREATE ROLE hotswap_bot_owner LOGIN PASSWORD :'owner_password' CONNECTION LIMIT 4;
CREATE ROLE hotswap_bot LOGIN PASSWORD :'bot_password';
-- The queue makes a schema of its own where there is no Redis.
SELECT format('GRANT CONNECT ON DATABASE %I TO hotswap_bot_owner; GRANT CONNECT, CREATE ON DATABASE %I TO hotswap_bot', current_database(), current_database()) \gexec
GRANT USAGE, CREATE ON SCHEMA public TO hotswap_bot_owner;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO hotswap_bot;
ALTER DEFAULT PRIVILEGES FOR ROLE hotswap_bot_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO hotswap_bot;
ALTER DEFAULT PRIVILEGES FOR ROLE hotswap_bot_owner IN SCHEMA public GRANT USAGE ON SEQUENCES TO hotswap_bot;
