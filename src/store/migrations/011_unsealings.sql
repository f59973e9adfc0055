-- Up Migration

-- What a thread shows of the unsealing of a target's Vault, one message each. Any worker goes on with one that is watched.
CREATE TABLE unsealings (
  thread_id uuid NOT NULL REFERENCES threads (id),
  target text NOT NULL,
  state text NOT NULL CHECK (state IN ('watching', 'unsealed', 'given-up')),
  servers jsonb NOT NULL,
  began_at timestamptz NOT NULL,
  deadline_at timestamptz NOT NULL,
  ended_at timestamptz,
  PRIMARY KEY (thread_id, target)
);
CREATE INDEX unsealings_watched ON unsealings (target) WHERE state = 'watching';

-- Down Migration

DROP TABLE unsealings;
