import { type Endpoint, found } from './endpoint.ts';

const AUDIT = `SELECT id, actor, action, details, occurred_at FROM audit_events
  WHERE deployment_id = $1 AND tenant_may_see(tenant_id, id) ORDER BY occurred_at DESC LIMIT 20`;

export const listAudit: Endpoint = {
  method: 'GET',
  template: 'api/v1/audit/{executionId}',
  weight: 11,
  cpuMs: () => 28,
  healthy: { databaseMs: 1.5, downstreamMs: 0 },
  address: (catalog, random) => `/api/v1/audit/${random.pick(catalog.executions)}`,
  handle: async ({ database, path }) => ({ status: 200, body: await database.query(AUDIT, [path.executionId]) }),
};

const ARTIFACTS = `SELECT id, digest, size_bytes, pushed_at FROM module_artifacts
  WHERE module_name = $1 AND tenant_may_see(tenant_id, id) ORDER BY pushed_at DESC LIMIT 20`;

export const listArtifacts: Endpoint = {
  method: 'GET',
  template: 'api/v1/modules/{name}/artifacts',
  weight: 11,
  cpuMs: () => 28,
  healthy: { databaseMs: 1.7, downstreamMs: 0 },
  address: (catalog, random) => `/api/v1/modules/${random.pick(catalog.modules)}/artifacts`,
  handle: async ({ database, path }) => ({ status: 200, body: await database.query(ARTIFACTS, [path.name]) }),
};

const PRUNE = `DELETE FROM module_artifacts WHERE id IN
  (SELECT id FROM module_artifacts ORDER BY module_name LIMIT $1 FOR UPDATE SKIP LOCKED)`;
const DEFAULT_PRUNED_ROWS = 20;

/** Deletes artifacts that nobody needs; an operator's task, and no part of everyday use. */
export const pruneArtifacts: Endpoint = {
  method: 'POST',
  template: 'api/v1/artifacts/prune',
  weight: 0,
  cpuMs: () => 12,
  healthy: { databaseMs: 6, downstreamMs: 0 },
  address: () => '/api/v1/artifacts/prune',
  handle: async ({ database, query }) => {
    await database.query(PRUNE, [Number(query.get('rows') ?? DEFAULT_PRUNED_ROWS)]);
    return { status: 204, body: undefined };
  },
};

const MODULES = 'SELECT id, name, owner_team, version FROM modules WHERE name >= $1 ORDER BY name LIMIT 20';

export const searchModules: Endpoint = {
  method: 'GET',
  template: 'api/v1/modules',
  weight: 6,
  cpuMs: () => 30,
  healthy: { databaseMs: 1.2, downstreamMs: 0 },
  address: (catalog, random) => `/api/v1/modules?from=${random.pick(catalog.modules).slice(0, 6)}`,
  handle: async ({ database, query }) => found(await database.query(MODULES, [query.get('from') ?? ''])),
};

const APPROVALS = `SELECT approval_id, module_name, module_version, requested_at, timeout_at FROM approval_requests
  WHERE status = 'Pending' ORDER BY timeout_at LIMIT 50`;

export const pendingApprovals: Endpoint = {
  method: 'GET',
  template: 'api/v1/approvals/pending',
  weight: 4,
  cpuMs: () => 22,
  healthy: { databaseMs: 1.1, downstreamMs: 0 },
  address: () => '/api/v1/approvals/pending',
  handle: async ({ database }) => ({ status: 200, body: await database.query(APPROVALS, []) }),
};
