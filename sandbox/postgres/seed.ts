import type { Draws } from '../random.ts';

/** How many rows each table of a service database gets. */
export interface DatabaseSize {
  readonly modules: number;
  readonly deployments: number;
  readonly runningJobs: number;
  readonly approvals: number;
  readonly auditEvents: number;
  readonly artifacts: number;
}

/** The size of the production database; the big tables vary with the seed. */
export function productionSize(random: Draws): DatabaseSize {
  return {
    modules: random.whole(320, 480),
    deployments: random.whole(5_000, 8_000),
    runningJobs: random.whole(10, 16),
    approvals: random.whole(700, 1_100),
    auditEvents: random.whole(32_000, 42_000),
    artifacts: random.whole(30_000, 40_000),
  };
}

export const stagingSize: DatabaseSize = {
  modules: 60,
  deployments: 400,
  runningJobs: 3,
  approvals: 40,
  auditEvents: 4_000,
  artifacts: 2_000,
};

/** Statements that fill the empty tables; reproducible for a seed except for times, which follow the clock. */
export function seedStatements(size: DatabaseSize, seed: number): readonly string[] {
  const fraction = (Math.abs(seed) % 1000) / 1000;
  return [
    `SELECT setseed(${fraction})`,
    modules(size),
    deployments(size),
    finishedJobs(size),
    runningJobs(size),
    approvals(size),
    auditEvents(size),
    artifacts(size),
    `INSERT INTO cluster_nodes (hostname, environment)
       SELECT 'node-' || n, (ARRAY['Development','QA','Staging','Production'])[1 + n % 4] FROM generate_series(1, 48) n`,
    `INSERT INTO schema_migrations (version, applied_at) SELECT '202510' || lpad(n::text, 2, '0') || '_step', now() - interval '40 days' FROM generate_series(1, 24) n`,
  ];
}

const modules = (size: DatabaseSize): string => `
INSERT INTO modules (name, owner_team, version, created_at)
SELECT (ARRAY['billing','search','pricing','catalog','identity','routing','ledger','notify'])[1 + n % 8] || '-' || lpad(n::text, 4, '0'),
       'team-' || (n % 14), '1.' || (n % 30) || '.' || (n % 9), now() - make_interval(days => 30 + n % 400)
  FROM generate_series(1, ${size.modules}) n`;

const deployments = (size: DatabaseSize): string => `
INSERT INTO deployments (execution_id, module_id, environment, strategy, progress, created_at, updated_at)
SELECT 'exec-' || lpad(n::text, 6, '0'), 1 + (n * 7) % ${size.modules},
       (ARRAY['Development','QA','Staging','Production'])[1 + n % 4], (ARRAY['Direct','Rolling','BlueGreen','Canary'])[1 + n % 4],
       100, made, made + interval '6 minutes'
  FROM generate_series(1, ${size.deployments}) n, LATERAL (SELECT now() - make_interval(mins => 20 + (${size.deployments} - n) * 9) AS made) t`;

const finishedJobs = (size: DatabaseSize): string => `
INSERT INTO deployment_jobs (deployment_id, status, payload, created_at, started_at, completed_at, error_message, retry_count, processing_instance)
SELECT d.execution_id, CASE WHEN n % 40 = 0 THEN 'Failed' WHEN n % 55 = 0 THEN 'Cancelled' ELSE 'Succeeded' END,
       jsonb_build_object('module', d.module_id, 'strategy', d.strategy),
       d.created_at, d.created_at + interval '3 seconds', d.created_at + interval '5 minutes',
       CASE WHEN n % 40 = 0 THEN 'Health check of the new version failed' END, CASE WHEN n % 40 = 0 THEN 3 ELSE 0 END, 'hotswap-api'
  FROM (SELECT *, row_number() OVER (ORDER BY execution_id) AS n FROM deployments) d
 WHERE n <= ${size.deployments - size.runningJobs}`;

/** Jobs that pods are working on: their lock is renewed with each report of progress. */
const runningJobs = (size: DatabaseSize): string => `
INSERT INTO deployment_jobs (deployment_id, status, payload, created_at, started_at, locked_until, processing_instance)
SELECT execution_id, 'Running', jsonb_build_object('module', module_id, 'strategy', strategy),
       now() - interval '4 minutes', now() - interval '3 minutes 50 seconds', now() + interval '10 minutes', 'hotswap-api'
  FROM deployments ORDER BY execution_id DESC LIMIT ${size.runningJobs}`;

const approvals = (size: DatabaseSize): string => `
INSERT INTO approval_requests (deployment_execution_id, module_name, module_version, status, requested_at, timeout_at, responded_at, responded_by_email)
SELECT gen_random_uuid(), 'billing-' || lpad((1 + n % 300)::text, 4, '0'), '1.' || (n % 30) || '.0',
       CASE WHEN n <= 4 THEN 'Pending' WHEN n % 9 = 0 THEN 'Rejected' WHEN n % 31 = 0 THEN 'Expired' ELSE 'Approved' END,
       asked, asked + interval '24 hours', CASE WHEN n > 4 THEN asked + interval '40 minutes' END, CASE WHEN n > 4 THEN 'lead@example.com' END
  FROM generate_series(1, ${size.approvals}) n, LATERAL (SELECT now() - make_interval(mins => n * 37) AS asked) t`;

const auditEvents = (size: DatabaseSize): string => `
INSERT INTO audit_events (deployment_id, tenant_id, actor, action, details, occurred_at)
SELECT 'exec-' || lpad((1 + (n * 13) % ${size.deployments})::text, 6, '0'), n % 40, 'user' || (n % 90) || '@example.com',
       (ARRAY['created','approved','started','progressed','finished'])[1 + n % 5], rpad('{"step":' || n || ',"trace":"', 380, md5(n::text)), now() - make_interval(secs => (${size.auditEvents} - n) * 60)
  FROM generate_series(1, ${size.auditEvents}) n`;

const artifacts = (size: DatabaseSize): string => `
INSERT INTO module_artifacts (module_name, tenant_id, digest, size_bytes, manifest, pushed_at)
SELECT m.name, n % 40, 'sha256:' || md5(n::text) || md5((n + 1)::text), 100000 + (n * 7919) % 40000000, rpad('{"layers":[', 400, md5(n::text)), now() - make_interval(mins => (${size.artifacts} - n) * 3)
  FROM generate_series(1, ${size.artifacts}) n JOIN modules m ON m.id = 1 + (n * 11) % ${size.modules}`;
