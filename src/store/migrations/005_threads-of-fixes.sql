-- Up Migration

-- A conversation may begin with a fix that somebody asked for without a diagnosis: it then has no topic.
ALTER TABLE threads ALTER COLUMN topic DROP NOT NULL;

-- Down Migration

UPDATE threads SET topic = 'auto' WHERE topic IS NULL;
ALTER TABLE threads ALTER COLUMN topic SET NOT NULL;
