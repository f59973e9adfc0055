import { randomUUID } from 'node:crypto';
import type { Endpoint } from './endpoint.ts';

/** One deployment in so many must be approved by a person. */
const APPROVED_BY_PEOPLE = 6;

const STORE = `INSERT INTO approval_requests (deployment_execution_id, module_name, target_environment, status, timeout_at, responded_at)
  VALUES ($1, $2, $3, $4, now() + interval '24 hours', CASE WHEN $4 = 'AutoApproved' THEN now() END)`;

/** Starts a deployment in this process, and asks for its approval. */
export const submitDeployment: Endpoint = {
  method: 'POST',
  template: 'api/v1/deployments',
  weight: 0.6,
  cpuMs: () => 26,
  healthy: { databaseMs: 1.8, downstreamMs: 0 },
  address: (catalog, random) => `/api/v1/deployments?module=${random.pick(catalog.modules)}`,
  handle: async ({ database, deployments, counters, storesApprovals, query }) => {
    const executionId = randomUUID();
    const moduleName = query.get('module') ?? 'module';
    const byPeople =
      query.get('environment') === 'Production' || counters.approvalsRequested % APPROVED_BY_PEOPLE === APPROVED_BY_PEOPLE - 1;
    const environment = byPeople ? 'Production' : 'QA';
    counters.approvalsRequested++;
    if (storesApprovals) await database.query(STORE, [executionId, moduleName, environment, byPeople ? 'Pending' : 'AutoApproved']);
    const { status, startTime } = deployments.add(executionId, moduleName, byPeople);
    return { status: 202, body: { executionId, status, startTime, estimatedDuration: 'PT30M' } };
  },
};

const APPROVE = `UPDATE approval_requests SET status = 'Approved', responded_at = now(), updated_at = now(), responded_by_email = 'lead@example.com'
  WHERE deployment_execution_id::text = $1 AND status = 'Pending' RETURNING approval_id`;

/** Writes the answer down, and wakes the deployment where it waits in this process. */
export const approveDeployment: Endpoint = {
  method: 'POST',
  template: 'api/v1/approvals/deployments/{executionId}/approve',
  weight: 0,
  cpuMs: () => 22,
  healthy: { databaseMs: 1.6, downstreamMs: 0 },
  address: () => '/api/v1/approvals/deployments/none/approve',
  handle: async ({ database, deployments, counters, path }) => {
    const executionId = path.executionId ?? '';
    const rows = await database.query(APPROVE, [executionId]);
    const resumed = deployments.resume(executionId);
    if (rows.length === 0 && !resumed) return { status: 404, body: { error: 'not found' } };
    counters.approvalsGranted++;
    return { status: 200, body: { executionId, status: 'Approved' } };
  },
};
