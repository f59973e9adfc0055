-- Up Migration

-- What the person added to the topic: an execution, a pod, how far back. Two runs of one question are never under way at once.
ALTER TABLE runs ADD COLUMN question jsonb NOT NULL DEFAULT '{}';
DROP INDEX runs_one_active;
CREATE UNIQUE INDEX runs_one_active ON runs (channel, topic, target, question) WHERE status IN ('queued', 'running');

-- Down Migration

DROP INDEX runs_one_active;
CREATE UNIQUE INDEX runs_one_active ON runs (channel, topic, target) WHERE status IN ('queued', 'running');
ALTER TABLE runs DROP COLUMN question;
