import { setTimeout as delay } from 'node:timers/promises';
import { ServiceError } from '../service-error.ts';
import { type Endpoint, found } from './endpoint.ts';

/** Deployments that have no job are run by the API itself. */
const STATE = `coalesce(j.status, CASE WHEN d.progress < 100 THEN 'Running' ELSE 'Succeeded' END) AS status, coalesce(j.started_at, d.created_at) AS "startTime"`;

const LIST = `SELECT d.execution_id AS "executionId", m.name, d.environment, d.strategy, d.progress, ${STATE}
  FROM deployments d JOIN modules m ON m.id = d.module_id LEFT JOIN deployment_jobs j ON j.deployment_id = d.execution_id ORDER BY d.created_at DESC LIMIT 25`;

export const listDeployments: Endpoint = {
  method: 'GET',
  template: 'api/v1/deployments',
  weight: 9,
  cpuMs: () => 34,
  healthy: { databaseMs: 1.6, downstreamMs: 0 },
  address: () => '/api/v1/deployments',
  /** Those of this process first. */
  handle: async ({ database, deployments }) => ({ status: 200, body: [...deployments.underWay(), ...(await database.query(LIST, []))] }),
};

const ONE = `SELECT d.execution_id, d.environment, d.strategy, d.progress, j.locked_until, ${STATE}
  FROM deployments d LEFT JOIN deployment_jobs j ON j.deployment_id = d.execution_id WHERE d.execution_id = $1`;

/** Reads the row, then asks the nodes of its environment how far they are. */
export const readDeployment: Endpoint = {
  method: 'GET',
  template: 'api/v1/deployments/{executionId}',
  weight: 30,
  cpuMs: () => 24,
  healthy: { databaseMs: 1.4, downstreamMs: 14 },
  address: (catalog, random) => `/api/v1/deployments/${random.pick(catalog.executions)}`,
  handle: async ({ database, deployments, path, askNodes }) => {
    const own = deployments.find(path.executionId ?? '');
    if (own !== undefined) return { status: 200, body: own };
    const [row] = await database.query<{ environment: string }>(ONE, [path.executionId]);
    if (row === undefined) return { status: 404, body: { error: 'not found' } };
    return { status: 200, body: { ...row, nodes: await askNodes(row.environment) } };
  },
};

const ADVANCE = 'UPDATE deployments SET progress = (progress + 1) % 100, updated_at = now() WHERE execution_id = $1';
const RENEW = `UPDATE deployment_jobs SET locked_until = now() + interval '10 minutes', processing_instance = $2
  WHERE deployment_id = $1 AND status = 'Running'`;

/** A node reports progress: the deployment's row, then the lock of its job, in one transaction. */
export const reportProgress: Endpoint = {
  method: 'POST',
  template: 'api/v1/deployments/{executionId}/progress',
  weight: 28,
  cpuMs: () => 22,
  healthy: { databaseMs: 3.2, downstreamMs: 0 },
  address: (catalog, random) => `/api/v1/deployments/${random.pick(catalog.running)}/progress`,
  handle: async ({ database, podName, path }) => {
    await database.transaction(async (run) => {
      await run(ADVANCE, [path.executionId]);
      await run(RENEW, [path.executionId, podName]);
    });
    return { status: 204, body: undefined };
  },
};

const ENVIRONMENT_OF = 'SELECT environment FROM deployments WHERE execution_id = $1';
const TRY_LOCK = 'SELECT pg_try_advisory_xact_lock(hashtext($1)) AS got';
const TRY_EVERY_MS = 100;
const GIVE_UP_MS = 2_000;

/** Promotes a deployment under the advisory lock of production: polls for it, as the service's lock does, and gives up after a while. */
export const promoteDeployment: Endpoint = {
  method: 'POST',
  template: 'api/v1/deployments/{executionId}/promote',
  weight: 0,
  cpuMs: () => 14,
  healthy: { databaseMs: 3, downstreamMs: 0 },
  address: (catalog, random) => `/api/v1/deployments/${random.pick(catalog.executions)}/promote`,
  handle: async ({ database, path }) => {
    const resource = 'environment:Production';
    await database.transaction(async (run) => {
      const until = Date.now() + GIVE_UP_MS;
      while (!(await run<{ got: boolean }>(TRY_LOCK, [resource]))[0]?.got) {
        if (Date.now() > until) throw notAcquired(resource);
        await delay(TRY_EVERY_MS);
      }
      await run(ENVIRONMENT_OF, [path.executionId]);
    });
    return { status: 202, body: { executionId: path.executionId } };
  },
};

function notAcquired(resource: string): ServiceError {
  const frames = [
    'HotSwap.Distributed.Infrastructure.Coordination.PostgresDistributedLock.AcquireLockAsync(String resource, TimeSpan timeout)',
  ];
  return new ServiceError(409, [`System.InvalidOperationException: Failed to acquire lock for resource '${resource}'`], frames);
}

const DEFAULT_REPORT_ROWS = 1_200;
const MOST_REPORT_ROWS = 20_000;
/** CPU that a row of a report takes, in ms of a core. */
export const CPU_MS_PER_ROW = 0.03;

/** A report of more rows does not fit the pooled buffers. */
const POOLED_ROWS = 5_000;
const BYTES_PER_ROW = 16_384;

const REPORT =
  "SELECT strategy, environment, count(*)::int AS deployments FROM deployments WHERE created_at > now() - interval '2 days' GROUP BY 1, 2";

/** Counts in the database, then renders as many rows as were asked for: work for the processor. */
export const exportReport: Endpoint = {
  method: 'GET',
  template: 'api/v1/reports/deployments',
  weight: 1,
  cpuMs: (query) => reportRows(query) * CPU_MS_PER_ROW,
  leftBytes: (query) => Math.max(0, reportRows(query) - POOLED_ROWS) * BYTES_PER_ROW,
  healthy: { databaseMs: 2.4, downstreamMs: 0 },
  address: () => '/api/v1/reports/deployments',
  handle: async ({ database }) => found(await database.query(REPORT, [])),
};

function reportRows(query: URLSearchParams): number {
  return Math.min(Number(query.get('rows') ?? DEFAULT_REPORT_ROWS), MOST_REPORT_ROWS);
}
