-- Up Migration

-- How the service stood just before a fix that answers no diagnosis: what its verification compares with.
CREATE TABLE baselines (
  request_id uuid PRIMARY KEY REFERENCES requests (id),
  topic text NOT NULL,
  report jsonb NOT NULL,
  taken_at timestamptz NOT NULL
);

-- Down Migration

DROP TABLE baselines;
