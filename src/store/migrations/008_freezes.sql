-- Up Migration

-- While a freeze is not lifted no step of any fix is begun. At most one stands at a time.
CREATE TABLE freezes (
  id uuid PRIMARY KEY,
  reason text NOT NULL,
  frozen_by text NOT NULL,
  frozen_at timestamptz NOT NULL,
  lifted_by text,
  lifted_at timestamptz
);
CREATE UNIQUE INDEX freezes_one_at_a_time ON freezes ((true)) WHERE lifted_at IS NULL;

-- Down Migration

DROP TABLE freezes;
