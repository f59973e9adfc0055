import { describe, expect, it } from 'vitest';
import { applicationTables } from '../../../src/diagnostics/evidence/application-tables.ts';
import { approvals, recentApprovals } from '../../../src/diagnostics/evidence/approvals.ts';
import { jobQueue } from '../../../src/diagnostics/evidence/job-queue.ts';
import { jobs } from '../../../src/diagnostics/evidence/jobs.ts';
import { createServiceDatabase } from '../../support/service-database.ts';
import { clientsOf, collect, read } from '../support/collect.ts';
import { target } from '../support/evidence.ts';
import { createTables, type Shape } from '../support/service-tables.ts';

const APPROVAL = '00000000-0000-0000-0000-000000000001';

describe.each<Shape>(['snake', 'pascal'])('tables in %s case', (shape) => {
  it('are found, with the columns and what the reading role may do', async () => {
    const database = await createTables(shape);
    const found = await read(applicationTables, clientsOf({ database: database.readUrl }));
    expect(found.jobs).toMatchObject({
      schema: 'public',
      readable: true,
      columns: { lockeduntil: { type: 'timestamp with time zone', writable: false }, processinginstance: { type: 'text' } },
    });
    expect(found.approvals?.columns.deploymentexecutionid?.type).toBe('uuid');
    const fixing = await read(applicationTables, clientsOf({ database: database.ownerUrl }));
    expect(fixing.jobs?.columns.status?.writable).toBe(true);
  });

  it('tell which jobs run, how old they are and whether their lock has run out', async () => {
    const database = await createTables(shape);
    const found = await read(jobs, clientsOf({ database: database.readUrl }));
    if (found.state !== 'read') throw new Error(`it is ${found.state}`);
    expect(found.data.namesWorkers).toBe(true);
    expect(found.data.jobs.map(({ id, status, instance }) => [id, status, instance])).toEqual([
      ['1', 'Running', 'pod-gone'],
      ['3', 'Running', 'pod-live'],
      ['2', 'Running', 'pod-live'],
    ]);
    const [orphan, , live] = found.data.jobs;
    expect(orphan?.ageSeconds).toBeCloseTo(2_400, -2);
    expect(orphan?.lockRanOutSeconds).toBeCloseTo(1_800, -2);
    expect(live?.lockRanOutSeconds).toBeCloseTo(-420, -2);
    expect(orphan?.rowVersion).toMatch(/^\d+$/);
  });

  it('tell of the one that was asked about first, whatever its state', async () => {
    const database = await createTables(shape);
    const found = await read(jobs, clientsOf({ database: database.readUrl }), { question: { executionId: 'd-perm-failed' } });
    expect(found).toMatchObject({ data: { jobs: [{ id: '4', status: 'Failed', retries: 3, mostRetries: 3 }, {}, {}, {}] } });
  });

  it('tell whether the approval of a job is pending', async () => {
    const database = await createTables(shape);
    await database.run(`UPDATE deployment_jobs SET deployment_id = '${APPROVAL}' WHERE id = 3`);
    const found = await read(jobs, clientsOf({ database: database.readUrl }));
    expect(found).toMatchObject({ data: { jobs: [{ id: '1', approvalPending: false }, { id: '3', approvalPending: true }, {}] } });
  });

  it('tell how the queue does', async () => {
    const began = performance.now();
    const database = await createTables(shape);
    const found = await read(jobQueue, clientsOf({ database: database.readUrl }));
    expect(found).toMatchObject({
      state: 'read',
      data: { pending: 1, overdue: 1, running: 3, live: 1, willRetry: 0, liveSample: [{ id: '2', instance: 'pod-live' }] },
    });
    const claimed = found.state === 'read' ? found.data.lastClaimedSeconds : null;
    expect(claimed).toBeGreaterThanOrEqual(180);
    expect(claimed).toBeLessThan(181 + (performance.now() - began) / 1_000); // the rows age while the test runs
  });

  it('tell which approvals are overdue, by id and version of the row', async () => {
    const database = await createTables(shape);
    const found = await read(approvals, clientsOf({ database: database.readUrl }), { question: { executionId: APPROVAL } });
    expect(found).toMatchObject({
      data: {
        pending: 3,
        overdue: 2,
        pastGrace: 1,
        endBeforeBegin: 0,
        inFuture: 0,
        late: [{ executionId: APPROVAL, rowVersion: expect.stringMatching(/^\d+$/) }],
        asked: [{ status: 'Pending' }],
      },
    });
  });

  it('tell of times that cannot be', async () => {
    const database = await createTables(shape);
    await database.run(`INSERT INTO approval_requests (deployment_execution_id, requested_at, timeout_at) VALUES
      ('00000000-0000-0000-0000-000000000007', now() - interval '10 min', now() - interval '9 h'),
      ('00000000-0000-0000-0000-000000000008', now() + interval '9 h', now() + interval '33 h')`);
    expect(await read(approvals, clientsOf({ database: database.readUrl }))).toMatchObject({ data: { endBeforeBegin: 1, inFuture: 1 } });
  });

  it('show the latest requests without e-mail addresses', async () => {
    const database = await createTables(shape);
    const found = await read(recentApprovals, clientsOf({ database: database.readUrl }));
    expect(found).toMatchObject({ data: [{ status: 'Pending', what: 'module 1.0.0', environment: 'Production' }, {}, {}] });
    expect(JSON.stringify(found)).not.toContain('@');
  });

  it('are said to be locked where nobody can read them', async () => {
    const database = await createTables(shape);
    const { client } = await database.session();
    const table = shape === 'snake' ? 'deployment_jobs' : '"DeploymentJobs"';
    await client.query(`BEGIN; LOCK TABLE ${table} IN ACCESS EXCLUSIVE MODE`);
    expect(await read(jobs, clientsOf({ database: database.readUrl }))).toMatchObject({ state: 'locked' });
  });
});

describe('tables', () => {
  it('without the columns of workers leave out what they cannot say', async () => {
    const database = await createTables('snake');
    await database.run('ALTER TABLE deployment_jobs DROP COLUMN processing_instance, DROP COLUMN retry_count, DROP COLUMN started_at');
    const clients = clientsOf({ database: database.readUrl });
    expect(await read(jobs, clients)).toMatchObject({
      data: { namesWorkers: false, jobs: [{ instance: null, startedAt: null, retries: null }, {}, {}] },
    });
    expect(await read(jobQueue, clients)).toMatchObject({ data: { overdue: 1, lastClaimedSeconds: null } });
  });

  it('whose times have no zone are compared with UTC, whatever the zone of the database is', async () => {
    const database = await createTables('snake');
    await database.run(`ALTER TABLE deployment_jobs ALTER COLUMN locked_until TYPE timestamp USING locked_until AT TIME ZONE 'UTC',
      ALTER COLUMN started_at TYPE timestamp USING started_at AT TIME ZONE 'UTC'`);
    await database.query(`ALTER ROLE ${new URL(database.readUrl).username} SET timezone = 'Asia/Tokyo'`);
    const found = await read(jobs, clientsOf({ database: database.readUrl }));
    if (found.state !== 'read') throw new Error(`it is ${found.state}`);
    const live = found.data.jobs.find(({ id }) => id === '2');
    expect(live?.lockRanOutSeconds).toBeCloseTo(-420, -2);
    expect(Date.parse(live?.startedAt ?? '')).toBeGreaterThan(Date.now() - 200_000);
  });

  it('that are not there are told as evidence', async () => {
    const database = await createServiceDatabase();
    expect(await read(jobs, clientsOf({ database: database.readUrl }))).toEqual({ state: 'absent', table: 'deployment_jobs' });
  });

  it('that may not be read are missing, with the grant that is lacking', async () => {
    const database = await createTables('pascal');
    await database.query(`REVOKE SELECT ON "DeploymentJobs" FROM ${new URL(database.readUrl).username}`);
    expect(await collect(jobs, clientsOf({ database: database.readUrl }))).toMatchObject({
      kind: 'missing',
      reason: 'forbidden',
      mend: 'GRANT SELECT ON public."DeploymentJobs" TO hotswap_bot_ro;',
    });
  });

  it('may have another name and another schema', async () => {
    const database = await createTables('snake');
    await database.query('CREATE SCHEMA app; ALTER TABLE deployment_jobs RENAME TO work; ALTER TABLE work SET SCHEMA app');
    await database.query(`GRANT USAGE ON SCHEMA app TO ${new URL(database.readUrl).username}`);
    const named = { ...target, application: { ...target.application, jobsTable: 'app.work' } };
    expect(await read(jobs, clientsOf({ database: database.readUrl }), { target: named })).toMatchObject({
      state: 'read',
      table: 'app.work',
    });
  });

  it('are not asked about ids that are none', async () => {
    const database = await createTables('snake');
    const found = await collect(jobs, clientsOf({ database: database.readUrl }), { question: { executionId: "x' OR true --" } });
    expect(found).toMatchObject({ kind: 'missing', reason: 'invalid-response' });
  });
});
