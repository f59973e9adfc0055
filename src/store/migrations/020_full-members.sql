-- Up Migration

-- Who Slack said is a full member of the workspace, and when: a process that starts anew need not ask about everybody again.
CREATE TABLE full_members (
  user_id text PRIMARY KEY,
  seen_at timestamptz NOT NULL
);

-- Down Migration

DROP TABLE full_members;
