-- Up Migration

-- Decisions that were signed in a terminal. Anybody who can write here can put one in; an executor checks each before it counts.
CREATE TABLE signatures (
  id uuid PRIMARY KEY,
  request_id uuid NOT NULL REFERENCES requests (id),
  statement text NOT NULL CHECK (length(statement) <= 4000),
  signature text NOT NULL CHECK (length(signature) <= 20000),
  submitted_at timestamptz NOT NULL DEFAULT now(),
  verdict text CHECK (verdict IN ('counted', 'refused')),
  message text,
  judged_at timestamptz
);
CREATE INDEX signatures_waiting ON signatures (submitted_at) WHERE verdict IS NULL;

-- Down Migration

DROP TABLE signatures;
