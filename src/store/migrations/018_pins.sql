-- Up Migration

-- Whether a message should stand among the pinned ones of its channel, and whether Slack has it there.
ALTER TABLE messages
  ADD COLUMN pinned boolean NOT NULL DEFAULT false,
  ADD COLUMN shown_pinned boolean NOT NULL DEFAULT false;

-- Down Migration

ALTER TABLE messages DROP COLUMN pinned, DROP COLUMN shown_pinned;
