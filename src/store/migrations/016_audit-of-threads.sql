-- Up Migration

-- What was done in a thread besides its requests: handover notes read it.
CREATE INDEX audit_thread ON audit ((details ->> 'thread')) WHERE request_id IS NULL;

-- Down Migration

DROP INDEX audit_thread;
