-- Up Migration

-- A page may also be about a thread that somebody escalated. Its key is the thread's id; `round` counts the pages of that key that
-- ended before. Who acknowledged and who ended it is told to the pager afterwards.
ALTER TABLE pages ALTER COLUMN request_id DROP NOT NULL;
ALTER TABLE pages ADD COLUMN thread_id uuid UNIQUE REFERENCES threads (id);
ALTER TABLE pages ADD CONSTRAINT pages_about_one CHECK (num_nonnulls(request_id, thread_id) = 1);
ALTER TABLE pages ADD COLUMN call jsonb;
ALTER TABLE pages ADD COLUMN round integer NOT NULL DEFAULT 1;
ALTER TABLE pages ADD COLUMN asked_by text;
ALTER TABLE pages ADD COLUMN acknowledged_by text;
ALTER TABLE pages ADD COLUMN acknowledged_at timestamptz;
ALTER TABLE pages ADD COLUMN acknowledged_sent boolean NOT NULL DEFAULT false;
ALTER TABLE pages ADD COLUMN ended_by text;
ALTER TABLE pages ADD COLUMN ended_at timestamptz;
ALTER TABLE pages DROP CONSTRAINT pages_until_check;
ALTER TABLE pages ADD CONSTRAINT pages_until_check CHECK (until IN ('decided', 'over', 'ended'));

-- The GitHub issue of a thread: at most one. `attempted_at`: GitHub may have it since then, so it is looked for first.
CREATE TABLE issues (
  thread_id uuid PRIMARY KEY REFERENCES threads (id),
  repository text NOT NULL,
  visibility text NOT NULL CHECK (visibility IN ('public', 'internal', 'private')),
  title text NOT NULL,
  body text NOT NULL,
  labels jsonb NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL,
  state text NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'opened', 'failed')),
  number integer,
  url text,
  failure text,
  attempts integer NOT NULL DEFAULT 0,
  attempted_at timestamptz,
  next_attempt_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX issues_wanted ON issues (next_attempt_at) WHERE state = 'wanted';

-- Down Migration

DROP TABLE issues;
DELETE FROM pages WHERE request_id IS NULL;
ALTER TABLE pages DROP CONSTRAINT pages_about_one;
ALTER TABLE pages DROP CONSTRAINT pages_until_check;
ALTER TABLE pages ADD CONSTRAINT pages_until_check CHECK (until IN ('decided', 'over'));
ALTER TABLE pages DROP COLUMN thread_id, DROP COLUMN call, DROP COLUMN round, DROP COLUMN asked_by, DROP COLUMN acknowledged_by,
  DROP COLUMN acknowledged_at, DROP COLUMN acknowledged_sent, DROP COLUMN ended_by, DROP COLUMN ended_at;
ALTER TABLE pages ALTER COLUMN request_id SET NOT NULL;
