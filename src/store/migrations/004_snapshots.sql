-- Up Migration

-- How a target stood when a run found it healthy: what a sick one is compared with. Values of variables are hashes.
CREATE TABLE snapshots (
  target text NOT NULL,
  topic text NOT NULL,
  taken_at timestamptz NOT NULL,
  snapshot jsonb NOT NULL,
  PRIMARY KEY (target, topic, taken_at)
);

-- Down Migration

DROP TABLE snapshots;
