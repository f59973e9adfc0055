-- Up Migration

-- Temporary changes that somebody is to be reminded of: looked for every two seconds, among all requests that were ever carried out.
CREATE INDEX requests_to_remind ON requests (executed_at)
  WHERE state IN ('fixed', 'not-fixed', 'unverified') AND record -> 'plan' @> '{"temporary": true}';

-- What refers to what is forgotten: PostgreSQL looks there for each row that goes.
CREATE INDEX runs_previous ON runs (previous_run_id) WHERE previous_run_id IS NOT NULL;
CREATE INDEX pages_request ON pages (request_id);
CREATE INDEX signatures_request ON signatures (request_id);

-- Down Migration

DROP INDEX signatures_request, pages_request, runs_previous, requests_to_remind;
