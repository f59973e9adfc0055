-- Up Migration

-- A request for a fix, from the button to its verification. "record" is the whole of it; the columns repeat what is searched for.
CREATE TABLE requests (
  id uuid PRIMARY KEY,
  state text NOT NULL,
  remediation text NOT NULL,
  target text NOT NULL,
  thread_id uuid NOT NULL REFERENCES threads (id),
  identity text,
  record jsonb NOT NULL,
  expires_at timestamptz,
  executed_at timestamptz,
  lease_owner text,
  lease_until timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX requests_open ON requests (state, updated_at)
  WHERE state IN ('planning', 'awaiting-approval', 'approved', 'executing', 'verifying');
CREATE INDEX requests_identity ON requests (target, identity, executed_at);
CREATE INDEX requests_thread ON requests (thread_id, created_at);

-- Who decided what about which plan. One decision of a person about a plan, whatever arrives twice.
CREATE TABLE decisions (
  request_id uuid NOT NULL REFERENCES requests (id),
  fingerprint text NOT NULL,
  decided_by text NOT NULL,
  decision text NOT NULL CHECK (decision IN ('approve', 'reject')),
  decided_at timestamptz NOT NULL,
  PRIMARY KEY (request_id, fingerprint, decided_by, decision)
);

-- Each step is written down before it is done. The key makes sure that no step is ever begun twice.
CREATE TABLE journal (
  request_id uuid NOT NULL REFERENCES requests (id),
  step integer NOT NULL,
  verb text NOT NULL,
  intent jsonb NOT NULL,
  mark jsonb NOT NULL,
  executor text NOT NULL,
  begun_at timestamptz NOT NULL,
  result jsonb,
  ended_at timestamptz,
  PRIMARY KEY (request_id, step)
);

-- What is being changed right now: one request at a time for each thing.
CREATE TABLE locks (
  target text NOT NULL,
  identity text NOT NULL,
  request_id uuid NOT NULL REFERENCES requests (id),
  taken_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (target, identity)
);

-- Append only. Each row's hash covers its content and the hash of the row before it.
CREATE TABLE audit (
  sequence bigint PRIMARY KEY,
  at text NOT NULL,
  event text NOT NULL,
  request_id uuid NOT NULL,
  target text NOT NULL,
  actor text NOT NULL,
  fingerprint text,
  details jsonb NOT NULL,
  previous_hash text NOT NULL,
  hash text NOT NULL
);
CREATE INDEX audit_request ON audit (request_id, sequence);

-- Down Migration

DROP TABLE audit, locks, journal, decisions, requests;
