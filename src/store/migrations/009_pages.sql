-- Up Migration

-- Who must be called, besides in the thread. The key is the pager's own: the same one never makes a second incident.
CREATE TABLE pages (
  key text PRIMARY KEY,
  request_id uuid NOT NULL REFERENCES requests (id),
  summary text NOT NULL,
  people jsonb NOT NULL,
  until text NOT NULL CHECK (until IN ('decided', 'over')),
  state text NOT NULL DEFAULT 'wanted' CHECK (state IN ('wanted', 'sent', 'told', 'resolved')),
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  failure text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX pages_open ON pages (next_attempt_at) WHERE state IN ('wanted', 'sent');

-- Down Migration

DROP TABLE pages;
