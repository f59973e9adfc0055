-- Up Migration

-- The trail is also of what is no request and has no target: a freeze, a new policy, an anchor.
ALTER TABLE audit ALTER COLUMN request_id DROP NOT NULL, ALTER COLUMN target DROP NOT NULL;
CREATE INDEX audit_actor ON audit (actor, sequence);

-- Nobody changes a row, whoever they are. Rows leave through cut_audit alone, and none that is younger than 30 days.
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('hotswap.cutting_audit', true) = 'on' THEN
    IF OLD.at::timestamptz < now() - interval '30 days' THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit trail is append-only: % is refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();
CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change();

-- Takes the beginning of the trail away: the rows that are older than "keep". The newest row always stays. Whoever calls it
-- writes an "audit-cut" row in the same transaction, with what this returns; without that row the chain does not verify.
CREATE FUNCTION cut_audit(keep interval, OUT through bigint, OUT hash text, OUT removed bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first_kept bigint;
BEGIN
  IF keep < interval '30 days' THEN
    RAISE EXCEPTION 'the last 30 days of the audit trail cannot be removed';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('hotswap audit', 0));
  removed := 0;
  SELECT coalesce(min(a.sequence) FILTER (WHERE a.at::timestamptz >= now() - keep), max(a.sequence)) INTO first_kept FROM audit a;
  SELECT a.sequence, a.hash INTO through, hash FROM audit a WHERE a.sequence < first_kept ORDER BY a.sequence DESC LIMIT 1;
  IF through IS NOT NULL THEN
    PERFORM set_config('hotswap.cutting_audit', 'on', true);
    DELETE FROM audit a WHERE a.sequence <= through;
    GET DIAGNOSTICS removed = ROW_COUNT;
    PERFORM set_config('hotswap.cutting_audit', 'off', true);
  END IF;
END $$;

REVOKE EXECUTE ON FUNCTION cut_audit(interval) FROM PUBLIC;

-- Where the processes have a role of their own (deploy/store-roles.sql), it adds rows and reads them.
DO $$
DECLARE
  held record;
BEGIN
  FOR held IN
    SELECT DISTINCT grantee FROM information_schema.role_table_grants
     WHERE table_schema = 'public' AND table_name = 'audit' AND grantee NOT IN (current_user, 'PUBLIC')
  LOOP
    EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON audit FROM %I', held.grantee);
    EXECUTE format('GRANT EXECUTE ON FUNCTION cut_audit(interval) TO %I', held.grantee);
  END LOOP;
END $$;

-- The head of the chain that was posted each day (UTC): one a day, however many bots run.
CREATE TABLE audit_anchors (
  day date PRIMARY KEY,
  sequence bigint NOT NULL,
  hash text NOT NULL
);

-- Down Migration

DROP TABLE audit_anchors;
DROP FUNCTION cut_audit(interval);
DROP TRIGGER audit_no_truncate ON audit;
DROP TRIGGER audit_append_only ON audit;
DROP FUNCTION refuse_audit_change();
DROP INDEX audit_actor;
