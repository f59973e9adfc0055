-- Up Migration

-- Support bundles. The archive itself is never here: the worker that made it holds it in a file without a name until Slack has it.
CREATE TABLE bundles (
  id uuid PRIMARY KEY,
  thread_id uuid NOT NULL REFERENCES threads (id),
  channel text NOT NULL,
  target text NOT NULL,
  requested_by text NOT NULL,
  -- What a person added: symptom, since when, recent changes.
  told jsonb NOT NULL,
  since_seconds integer NOT NULL,
  state text NOT NULL CHECK (state IN
    ('asked', 'collecting', 'packed', 'uploading', 'uploaded', 'done', 'removed', 'failed', 'blocked', 'cancelled')),
  progress jsonb NOT NULL DEFAULT '[]',
  file_name text,
  size_bytes bigint,
  sha256 text,
  summary jsonb,
  -- Takes bytes from whoever knows it: wiped once they are there, or once nobody needs it any more.
  upload_url text,
  file_id text,
  upload_attempts integer NOT NULL DEFAULT 0,
  -- Slack was told where the file belongs, and its answer got lost.
  share_unclear boolean NOT NULL DEFAULT false,
  failure text,
  ended_by text,
  worker text,
  lease_until timestamptz,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX bundles_active ON bundles (target) WHERE state IN ('asked', 'collecting', 'packed', 'uploading', 'uploaded');
CREATE INDEX bundles_thread ON bundles (thread_id);

-- Down Migration

DROP TABLE bundles;
