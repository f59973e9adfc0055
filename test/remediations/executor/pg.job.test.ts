import { afterEach, describe, expect, it } from 'vitest';
import { connectRowWriter, type RowWriter } from '../../../src/clients/postgres-rows-write.ts';
import { WriteUncertainError } from '../../../src/clients/write-errors.ts';
import { jobFailVerb, jobRequeueVerb } from '../../../src/remediations/executor/pg.job.ts';
import { jobRestoreVerb } from '../../../src/remediations/executor/pg.job_restore.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { createTables, type Shape } from '../../diagnostics/support/service-tables.ts';
import { onEachVersion } from '../../support/postgres-versions.ts';
import { until } from '../../support/service-database.ts';
import { stepContext } from '../support/step-context.ts';

const closing: RowWriter[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close()));
});

const NAMES = {
  snake: { table: 'deployment_jobs', id: 'id', column: (name: string) => name },
  pascal: {
    table: 'DeploymentJobs',
    id: 'Id',
    column: (name: string) => `"${name.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())}"`,
  },
} as const;

const WRITABLE = ['status', 'locked_until', 'completed_at', 'retry_count', 'next_retry_at', 'error_message'];

interface Options {
  readonly shape?: Shape;
  readonly server?: string;
  /** The columns that the executor's role may update. */
  readonly writable?: readonly string[];
  readonly before?: string;
}

/** The orphaned job of the sample tables, with the step that ends it. */
async function orphan({ shape = 'snake', server, writable = WRITABLE, before }: Options = {}) {
  const database = await createTables(shape, server);
  const { table, column } = NAMES[shape];
  const fixer = new URL(database.fixUrl).username;
  await database.query(
    `GRANT SELECT ON "${table}" TO ${fixer}; GRANT UPDATE (${writable.map(column).join(', ')}) ON "${table}" TO ${fixer}`,
  );
  if (before !== undefined) await database.run(before);
  const row = async (id = 1) => (await database.query<Record<string, unknown>>(rowSql(shape), [id]))[0] ?? {};
  const first = await row();
  const writer = connectRowWriter({ url: database.fixUrl, timeoutMs: 5_000 });
  closing.push(writer);
  const step: Omit<StepOf<'pg.job_fail'>, 'verb'> = {
    schema: 'public',
    table,
    tableOid: String(first.oid),
    id: '1',
    rowVersion: String(first.version),
    before: { lockedUntil: String(first.locked_until), completedAt: null, nextRetryAt: null, retryCount: 0 },
    mostRetries: 3,
    lockGraceSeconds: 60,
    minimumAgeSeconds: 900,
  };
  return { database, row, first, writer, step };
}

function rowSql(shape: Shape): string {
  const { table, id, column } = NAMES[shape];
  const text = (name: string) => `to_json(${column(name)}) #>> '{}' AS ${name}`;
  const names = [
    'status',
    'locked_until',
    'completed_at',
    'next_retry_at',
    'error_message',
    'payload',
    'processing_instance',
    'started_at',
  ];
  return `SELECT '"${table}"'::regclass::oid::text AS oid, xmin::text AS version, ${column('retry_count')} AS retry_count, ${names.map(text).join(', ')}
    FROM "${table}" WHERE "${id}" = $1`;
}

const failStep = (step: Omit<StepOf<'pg.job_fail'>, 'verb'>) => ({ verb: 'pg.job_fail' as const, ...step });
const requeueStep = (step: Omit<StepOf<'pg.job_fail'>, 'verb'>) => ({ verb: 'pg.job_requeue' as const, ...step });

async function others(row: (id: number) => Promise<Record<string, unknown>>) {
  return Promise.all([2, 3, 4, 5].map((id) => row(id)));
}

onEachVersion((engine) => {
  describe.each<Shape>(['snake', 'pascal'])('an orphaned job in tables of %s case', (shape) => {
    it('is ended for good, taken back to the microsecond, and no other row is touched', async () => {
      const { row, first, writer, step } = await orphan({ shape, server: engine.url() });
      const bystanders = await others(row);
      const verb = jobFailVerb(writer.jobs);
      const fail = failStep(step);
      expect(await verb.preview(fail)).toContainEqual({ field: 'Job 1, retry_count', before: '0 of 3', after: '3 of 3' });
      const mark = verb.mark(new Date());
      expect(await verb.settle(fail, mark, stepContext())).toMatchObject({ kind: 'not-done' });
      const result = await verb.perform(fail, mark, stepContext());
      expect(result).toMatchObject({ kind: 'done', facts: { note: mark.note, before: step.before } });
      expect(await row()).toMatchObject({
        ...{ status: 'Failed', locked_until: null, retry_count: 3, next_retry_at: null, error_message: mark.note },
        ...{ payload: '{}', processing_instance: 'pod-gone', started_at: first.started_at, version: result.facts.rowVersion },
      });
      expect(await verb.settle(fail, mark, stepContext())).toEqual({ ...result, text: expect.any(String) });
      expect(await verb.perform(fail, verb.mark(new Date()), stepContext())).toMatchObject({ kind: 'not-done' }); // a second time

      const restore = jobRestoreVerb(writer.jobs);
      const back = {
        verb: 'pg.job_restore' as const,
        ...{ schema: step.schema, table: step.table, tableOid: step.tableOid, id: '1', before: step.before },
        ...{ rowVersion: String(result.facts.rowVersion), note: mark.note ?? '' },
      };
      expect(await restore.perform(back, {}, stepContext())).toMatchObject({ kind: 'done' });
      expect(await row()).toEqual({ ...first, version: expect.any(String) });
      expect(await restore.settle(back, {}, stepContext())).toMatchObject({ kind: 'done' });
      expect(await restore.perform(back, {}, stepContext())).toMatchObject({ kind: 'not-done' });
      expect(await others(row)).toEqual(bystanders);
    });

    it('is put back into the queue, and not taken back once somebody has claimed it', async () => {
      const { database, row, writer, step } = await orphan({ shape, server: engine.url() });
      const verb = jobRequeueVerb(writer.jobs);
      const mark = verb.mark(new Date());
      const result = await verb.perform(requeueStep(step), mark, stepContext());
      expect(result.kind).toBe('done');
      const after = await row();
      expect(after).toMatchObject({ status: 'Pending', locked_until: null, retry_count: 1 });
      expect(Date.parse(String(after.next_retry_at)) - Date.now()).toBeGreaterThan(20_000);
      await database.run("UPDATE deployment_jobs SET status = 'Running', processing_instance = 'pod-live' WHERE id = 1");
      const back = {
        verb: 'pg.job_restore' as const,
        ...{ schema: step.schema, table: step.table, tableOid: step.tableOid, id: '1', before: step.before },
        ...{ rowVersion: String(result.facts.rowVersion), note: mark.note ?? '' },
      };
      expect(await jobRestoreVerb(writer.jobs).perform(back, {}, stepContext())).toMatchObject({ kind: 'not-done' });
      expect(await row()).toMatchObject({ status: 'Running', processing_instance: 'pod-live', retry_count: 1 });
    });
  });
});

describe('a job that is not what the plan was made for', () => {
  it.each<[string, string]>([
    ['its row has changed', "UPDATE deployment_jobs SET error_message = 'x' WHERE id = 1"],
    ['its lock was renewed', "UPDATE deployment_jobs SET locked_until = now() + interval '9 min' WHERE id = 1"],
    ['it is done', "UPDATE deployment_jobs SET status = 'Succeeded' WHERE id = 1"],
    ['it is gone', 'DELETE FROM deployment_jobs WHERE id = 1'],
  ])('is left alone where %s', async (_, change) => {
    const { database, row, writer, step } = await orphan();
    await database.run(change);
    const before = await row();
    for (const result of [
      await jobFailVerb(writer.jobs).perform(failStep(step), { note: 'n' }, stepContext()),
      await jobRequeueVerb(writer.jobs).perform(requeueStep(step), { note: 'n' }, stepContext()),
    ])
      expect(result).toMatchObject({ kind: 'not-done', text: expect.stringContaining('nothing was') });
    await expect(jobFailVerb(writer.jobs).preview(failStep(step))).rejects.toThrow(/no job 1|not what the plan/);
    expect(await row()).toEqual(before);
  });

  it.each<[string, Partial<StepOf<'pg.job_fail'>>]>([
    ['its lock ran out too recently', { lockGraceSeconds: 3600 }],
    ['it is too young', { minimumAgeSeconds: 86_400 }],
    ['another table has its identity', { tableOid: '1' }],
    ['its table was renamed', { table: 'other' }],
  ])('is left alone where %s', async (_, change) => {
    const { row, first, writer, step } = await orphan();
    expect(await jobFailVerb(writer.jobs).perform({ ...failStep(step), ...change }, { note: 'n' }, stepContext())).toMatchObject({
      kind: 'not-done',
    });
    expect(await row()).toEqual(first);
  });

  it('has an attempt left where it is to run again', async () => {
    const { row, first, writer, step } = await orphan({ before: 'UPDATE deployment_jobs SET retry_count = 3 WHERE id = 1' });
    expect(await jobRequeueVerb(writer.jobs).perform(requeueStep(step), { note: 'n' }, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await row()).toEqual(first);
  });
});

describe('a job whose row somebody else holds', () => {
  it('is left alone after two seconds', async () => {
    const { database, row, first, writer, step } = await orphan();
    const holder = await database.session();
    await holder.client.query("BEGIN; UPDATE deployment_jobs SET error_message = 'mine' WHERE id = 1");
    const result = await jobFailVerb(writer.jobs).perform(failStep(step), { note: 'n' }, stepContext());
    expect(result).toMatchObject({ kind: 'not-done', text: expect.stringContaining('Another session holds a lock') });
    await holder.client.query('ROLLBACK');
    expect(await row()).toEqual(first);
  });

  it('is left alone where that one changed it in the meantime', async () => {
    const { database, row, writer, step } = await orphan();
    const holder = await database.session();
    await holder.client.query("BEGIN; UPDATE deployment_jobs SET error_message = 'mine' WHERE id = 1");
    const fixing = jobFailVerb(writer.jobs).perform(failStep(step), { note: 'n' }, stepContext());
    const waiting =
      "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = 'hotswap-bot-executor' AND datname = current_database()";
    await until(async () => (await database.query(waiting)).length === 1, 'the fix waits');
    await holder.client.query('COMMIT');
    expect(await fixing).toMatchObject({ kind: 'not-done' });
    expect(await row()).toMatchObject({ status: 'Running', error_message: 'mine' });
  });
});

describe('a role that may not update a column', () => {
  it('is told the grant, before anything is approved', async () => {
    const { row, first, writer, step } = await orphan({ shape: 'pascal', writable: WRITABLE.slice(0, -1) });
    await expect(jobFailVerb(writer.jobs).preview(failStep(step))).rejects.toMatchObject({
      code: 'forbidden',
      message: expect.stringContaining('GRANT UPDATE ("ErrorMessage") ON public."DeploymentJobs" TO fix_'),
    });
    expect(await jobFailVerb(writer.jobs).perform(failStep(step), { note: 'n' }, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await row()).toEqual(first);
  });
});

describe('times without a zone', () => {
  it('are taken for UTC, whatever zone the role is in', async () => {
    const zoneless = ['created_at', 'started_at', 'completed_at', 'next_retry_at', 'locked_until']
      .map((name) => `ALTER COLUMN ${name} TYPE timestamp USING ${name} AT TIME ZONE 'UTC'`)
      .join(', ');
    const { database, row, writer, step } = await orphan({
      before: `ALTER TABLE deployment_jobs ALTER COLUMN created_at DROP DEFAULT; ALTER TABLE deployment_jobs ${zoneless}`,
    });
    await database.query(`ALTER ROLE ${new URL(database.fixUrl).username} SET TimeZone = 'Asia/Tokyo'`);
    await database.run("UPDATE deployment_jobs SET locked_until = timezone('UTC', now()) + interval '5 min' WHERE id = 1");
    const live = { ...failStep(step), rowVersion: String((await row()).version) };
    const verb = jobFailVerb(writer.jobs);
    expect(await verb.perform(live, { note: 'n' }, stepContext())).toMatchObject({ kind: 'not-done' }); // in Tokyo it has run out
    await database.run("UPDATE deployment_jobs SET locked_until = timezone('UTC', now()) - interval '5 min' WHERE id = 1");
    const dead = { ...live, rowVersion: String((await row()).version) };
    expect(await verb.perform(dead, { note: 'n' }, stepContext())).toMatchObject({ kind: 'done' });
    expect(Math.abs(Date.parse(`${String((await row()).completed_at)}Z`) - Date.now())).toBeLessThan(60_000);
  });
});

describe('a change whose answer was lost', () => {
  it('is found by its note, and not done again', async () => {
    const { row, writer, step } = await orphan({ before: "UPDATE deployment_jobs SET error_message = 'old' WHERE id = 1" });
    let sent = 0;
    const verb = jobFailVerb({
      ...writer.jobs,
      fail: async (job, note) => {
        sent += 1;
        await writer.jobs.fail(job, note);
        throw new WriteUncertainError('the connection broke');
      },
    });
    const mark = verb.mark(new Date());
    const result = await verb.perform(failStep(step), mark, stepContext());
    expect(result).toMatchObject({ kind: 'done', facts: { rowVersion: (await row()).version } });
    expect(await row()).toMatchObject({ error_message: `old\n${mark.note}` });
    expect(sent).toBe(1);
  });

  it('is not guessed where the row says nothing', async () => {
    const { database, writer, step } = await orphan();
    await database.run("UPDATE deployment_jobs SET status = 'Cancelled' WHERE id = 1");
    expect(await jobFailVerb(writer.jobs).settle(failStep(step), { note: 'n' }, stepContext())).toMatchObject({ kind: 'unknown' });
  });

  it('offers nothing to take back where somebody went on with the job', async () => {
    const { database, writer, step } = await orphan();
    const verb = jobRequeueVerb(writer.jobs);
    const mark = verb.mark(new Date());
    await verb.perform(requeueStep(step), mark, stepContext());
    await database.run("UPDATE deployment_jobs SET status = 'Running' WHERE id = 1");
    expect(await verb.settle(requeueStep(step), mark, stepContext())).toMatchObject({ kind: 'done', facts: {} });
  });
});
