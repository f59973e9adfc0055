import { afterEach } from 'vitest';
import { connectIndexWriter } from '../../../../src/clients/postgres-index-write.ts';
import { connectRowWriter } from '../../../../src/clients/postgres-rows-write.ts';
import { connectStatisticsWriter } from '../../../../src/clients/postgres-statistics-write.ts';
import { connectSessionWriter } from '../../../../src/clients/postgres-write.ts';
import type { StepOf } from '../../../../src/remediations/executor/steps.ts';
import { createTables } from '../../../diagnostics/support/service-tables.ts';
import { createServiceDatabase, type ServiceDatabase, until } from '../../../support/service-database.ts';
import type { Scenes } from './scene.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close()));
});

function opened<Writer extends { close(): Promise<void> }>(writer: Writer): Writer {
  closing.push(writer);
  return writer;
}

const TIMEOUT_MS = 5_000;
const INDEX = 'hotswap_jobs_tenant_idx';

/** Whether a session has been in a state for longer than a second, with the start of its statement. */
const SINCE = `SELECT to_char(query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at FROM pg_stat_activity
  WHERE pid = $1 AND state = $2 AND state_change < clock_timestamp() - interval '1.1 s'`;

async function sessionThat(database: ServiceDatabase, state: 'active' | 'idle in transaction', sql: string) {
  const { client, pid, backendStart } = await database.session();
  client.query(sql).catch(() => {}); // ended on purpose
  let queryStart = '';
  await until(async () => {
    const [row] = await database.query<{ at: string }>(SINCE, [pid, state]);
    queryStart = row?.at ?? '';
    return row !== undefined;
  }, `a session is ${state}`);
  return { pid, backendStart, queryStart };
}

async function oidOf(database: ServiceDatabase, name: string): Promise<string> {
  const [row] = await database.query<{ oid: string }>('SELECT $1::regclass::oid::text AS oid', [name]);
  return row?.oid ?? '';
}

async function jobsTable() {
  const database = await createServiceDatabase();
  const indexes = opened(connectIndexWriter({ url: database.ownerUrl, timeoutMs: TIMEOUT_MS }));
  return { database, ports: { indexes }, relation: { schema: 'public', table: 'jobs', tableOid: await oidOf(database, 'jobs') } };
}

/** The orphaned job of the sample tables. */
async function orphan() {
  const database = await createTables('snake');
  const fixer = new URL(database.fixUrl).username;
  await database.query(`GRANT SELECT, UPDATE ON deployment_jobs, approval_requests TO ${fixer}`);
  const rows = opened(connectRowWriter({ url: database.fixUrl, timeoutMs: TIMEOUT_MS }));
  const version = async (table: string, where: string) => {
    const [row] = await database.query<{ version: string }>(`SELECT xmin::text AS version FROM ${table} WHERE ${where}`);
    return row?.version ?? '';
  };
  const [row] = await database.query<{ until: string }>("SELECT to_json(locked_until) #>> '{}' AS until FROM deployment_jobs WHERE id = 1");
  const step: Omit<StepOf<'pg.job_fail'>, 'verb'> = {
    ...{ schema: 'public', table: 'deployment_jobs', tableOid: await oidOf(database, 'deployment_jobs'), id: '1' },
    rowVersion: await version('deployment_jobs', 'id = 1'),
    before: { lockedUntil: row?.until ?? '', completedAt: null, nextRetryAt: null, retryCount: 0 },
    ...{ mostRetries: 3, lockGraceSeconds: 60, minimumAgeSeconds: 900 },
  };
  return { database, rows, ports: { rows }, version, step };
}

export const POSTGRES: Scenes<
  | 'pg.terminate'
  | 'pg.cancel'
  | 'pg.create_index'
  | 'pg.drop_index'
  | 'pg.drop_invalid_index'
  | 'pg.analyze'
  | 'pg.job_fail'
  | 'pg.job_requeue'
  | 'pg.job_restore'
  | 'pg.approvals_expire'
> = {
  async 'pg.terminate'() {
    const database = await createServiceDatabase();
    const sessions = opened(connectSessionWriter({ url: database.fixUrl, timeoutMs: TIMEOUT_MS }));
    const { pid, backendStart } = await sessionThat(database, 'idle in transaction', 'BEGIN; SELECT 1 FROM jobs');
    return { ports: { sessions }, step: { verb: 'pg.terminate', pid, backendStart, roles: [database.appRole], minimumIdleSeconds: 1 } };
  },
  async 'pg.cancel'() {
    const database = await createServiceDatabase();
    const sessions = opened(connectSessionWriter({ url: database.fixUrl, timeoutMs: TIMEOUT_MS }));
    const session = await sessionThat(database, 'active', 'SELECT pg_sleep(60)');
    return { ports: { sessions }, step: { verb: 'pg.cancel', ...session, roles: [database.appRole], minimumRunningSeconds: 1 } };
  },
  async 'pg.create_index'() {
    const { ports, relation } = await jobsTable();
    return { ports, step: { verb: 'pg.create_index', ...relation, columns: ['tenant'], index: INDEX } };
  },
  async 'pg.drop_index'() {
    const { ports, relation, database } = await jobsTable();
    await database.query(`CREATE INDEX ${INDEX} ON jobs (tenant)`);
    return { ports, step: { verb: 'pg.drop_index', ...relation, index: INDEX, indexOid: await oidOf(database, INDEX) } };
  },
  async 'pg.drop_invalid_index'() {
    const { ports, relation, database } = await jobsTable();
    const blocker = await database.session();
    await blocker.client.query('BEGIN; LOCK TABLE jobs IN ROW EXCLUSIVE MODE');
    const builder = await database.session();
    await builder.client.query("SET lock_timeout = '300ms'");
    await builder.client.query(`CREATE INDEX CONCURRENTLY ${INDEX} ON jobs (tenant)`).catch(() => {}); // it gives up, and leaves it invalid
    await blocker.client.query('ROLLBACK');
    return { ports, step: { verb: 'pg.drop_invalid_index', ...relation, index: INDEX, indexOid: await oidOf(database, INDEX) } };
  },
  async 'pg.analyze'() {
    const database = await createServiceDatabase();
    await database.query(`CREATE TABLE orders AS SELECT 1 AS id; ALTER TABLE orders OWNER TO ${database.appRole}`);
    const statistics = opened(connectStatisticsWriter({ url: database.ownerUrl, timeoutMs: TIMEOUT_MS }));
    const relation = { schema: 'public', table: 'orders', tableOid: await oidOf(database, 'orders') };
    return { ports: { statistics }, step: { verb: 'pg.analyze', ...relation, lastAnalyze: null } };
  },
  async 'pg.job_fail'() {
    const { ports, step } = await orphan();
    return { ports, step: { verb: 'pg.job_fail', ...step } };
  },
  async 'pg.job_requeue'() {
    const { ports, step } = await orphan();
    return { ports, step: { verb: 'pg.job_requeue', ...step } };
  },
  async 'pg.job_restore'() {
    const { ports, rows, step } = await orphan();
    const note = 'failed for a test';
    const rowVersion = (await rows.jobs.fail(step, note)) ?? '';
    const { schema, table, tableOid, id, before } = step;
    return { ports, step: { verb: 'pg.job_restore', schema, table, tableOid, id, before, rowVersion, note } };
  },
  async 'pg.approvals_expire'() {
    const { ports, database, version } = await orphan();
    const executionId = '00000000-0000-0000-0000-000000000001';
    const table = { schema: 'public', table: 'approval_requests', tableOid: await oidOf(database, 'approval_requests') };
    const row = { executionId, rowVersion: await version('approval_requests', `deployment_execution_id = '${executionId}'`) };
    return { ports, step: { verb: 'pg.approvals_expire', ...table, rows: [row], graceSeconds: 600 } };
  },
};
