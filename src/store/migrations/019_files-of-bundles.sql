-- Up Migration

-- What is in the archive, as its manifest says: path, size and SHA-256 of each file, so that an issue can name them when the archive is gone.
ALTER TABLE bundles ADD COLUMN files jsonb NOT NULL DEFAULT '[]';

-- Down Migration

ALTER TABLE bundles DROP COLUMN files;
