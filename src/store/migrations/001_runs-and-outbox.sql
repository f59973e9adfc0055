-- Up Migration

-- A conversation in Slack: one root message, and under it every run that was asked for there.
CREATE TABLE threads (
  id uuid PRIMARY KEY,
  channel text NOT NULL,
  topic text NOT NULL,
  target text NOT NULL,
  requested_by text NOT NULL,
  owner text,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE runs (
  id uuid PRIMARY KEY,
  thread_id uuid NOT NULL REFERENCES threads (id),
  topic text NOT NULL,
  target text NOT NULL,
  channel text NOT NULL,
  requested_by text NOT NULL,
  trigger_id text UNIQUE,
  response_url text,
  previous_run_id uuid REFERENCES runs (id),
  status text NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'interrupted')),
  attempts integer NOT NULL DEFAULT 0,
  notice text CHECK (notice IN ('no-worker', 'waiting', 'taken-over')),
  failure text,
  worker text,
  progress jsonb NOT NULL DEFAULT '[]',
  report jsonb,
  queued_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz
);
CREATE INDEX runs_thread ON runs (thread_id, queued_at);
CREATE INDEX runs_finished ON runs (finished_at);
CREATE UNIQUE INDEX runs_one_active ON runs (channel, topic, target) WHERE status IN ('queued', 'running');

-- What Slack should show. A sender brings Slack to this state; sent_version says how far it has come.
CREATE TABLE messages (
  key text PRIMARY KEY,
  sequence bigint GENERATED ALWAYS AS IDENTITY,
  thread_key text REFERENCES messages (key),
  channel text NOT NULL,
  text text NOT NULL,
  blocks jsonb NOT NULL,
  urgency text NOT NULL CHECK (urgency IN ('progress', 'result')),
  removed boolean NOT NULL DEFAULT false,
  version integer NOT NULL DEFAULT 1,
  sent_version integer NOT NULL DEFAULT 0,
  rendering text NOT NULL DEFAULT 'full' CHECK (rendering IN ('full', 'simple', 'text')),
  ts text,
  permalink text,
  state text NOT NULL DEFAULT 'live' CHECK (state IN ('live', 'unreachable', 'rejected')),
  failure text,
  recipient jsonb,
  attempts integer NOT NULL DEFAULT 0,
  next_attempt_at timestamptz NOT NULL DEFAULT now(),
  lease_owner text,
  lease_until timestamptz,
  last_sent_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX messages_due ON messages (next_attempt_at) WHERE state = 'live' AND sent_version < version;
CREATE INDEX messages_thread ON messages (thread_key, sequence);

-- Calls that Slack still allows, by method (and channel), shared by every instance of the bot.
CREATE TABLE slack_allowances (
  name text PRIMARY KEY,
  tokens double precision NOT NULL,
  refilled_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  blocked_until timestamptz
);

-- Ids of interactions that were taken up, because Slack delivers some of them more than once.
CREATE TABLE interactions (
  id text PRIMARY KEY,
  seen_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX interactions_seen ON interactions (seen_at);

CREATE TABLE processes (
  instance text PRIMARY KEY,
  role text NOT NULL CHECK (role IN ('bot', 'worker', 'executor')),
  started_at timestamptz NOT NULL DEFAULT now(),
  seen_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE statement_samples (
  target text NOT NULL,
  taken_at timestamptz NOT NULL,
  reading jsonb NOT NULL,
  PRIMARY KEY (target, taken_at)
);

-- Down Migration

DROP TABLE statement_samples, processes, interactions, slack_allowances, messages, runs, threads;
