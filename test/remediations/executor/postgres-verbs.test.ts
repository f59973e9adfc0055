import { afterEach, describe, expect, it } from 'vitest';
import { connectIndexWriter, type IndexWriter } from '../../../src/clients/postgres-index-write.ts';
import { connectSessionWriter, type SessionWriter } from '../../../src/clients/postgres-write.ts';
import { createIndexVerb } from '../../../src/remediations/executor/pg.create_index.ts';
import { dropIndexVerb } from '../../../src/remediations/executor/pg.drop_index.ts';
import { terminateVerb } from '../../../src/remediations/executor/pg.terminate.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { createServiceDatabase, type ServiceDatabase, until } from '../../support/service-database.ts';
import { stepContext } from '../support/step-context.ts';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close()));
});

function opened<Writer extends SessionWriter | IndexWriter>(writer: Writer): Writer {
  closing.push(writer);
  return writer;
}

describe('ending a session', () => {
  const setup = async () => {
    const database = await createServiceDatabase();
    const verb = terminateVerb(opened(connectSessionWriter({ url: database.fixUrl, timeoutMs: 3_000 })));
    const session = await database.session();
    const step: StepOf<'pg.terminate'> = {
      verb: 'pg.terminate',
      pid: session.pid,
      backendStart: session.backendStart,
      roles: [database.appRole],
      minimumIdleSeconds: 1,
    };
    const idle = async (sql: string) => {
      await session.client.query(`BEGIN; ${sql}`);
      await new Promise((resolve) => setTimeout(resolve, 1_100));
    };
    const alive = async () =>
      (await database.query<{ n: number }>('SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid = $1', [session.pid]))[0]?.n === 1;
    return { database, verb, session, step, idle, alive };
  };

  it('ends exactly the session that is idle in its transaction, and frees who waits for it', async () => {
    const { database, verb, step, idle, alive } = await setup();
    await idle("UPDATE jobs SET state = 'x' WHERE id = 1");
    const waiter = await database.session();
    const waiting = waiter.client.query("UPDATE jobs SET state = 'y' WHERE id = 1");
    const result = await verb.perform(step, {}, stepContext());
    expect(result).toMatchObject({ kind: 'done', facts: { user: database.appRole } });
    await waiting;
    expect(await alive()).toBe(false);
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'done' });
  });

  it.each([
    ['another backend has its pid now', (step: StepOf<'pg.terminate'>) => ({ ...step, backendStart: '2020-01-01T00:00:00.000000Z' })],
    ['its role is not allowed', (step: StepOf<'pg.terminate'>) => ({ ...step, roles: ['somebody_else'] })],
    ['it is not idle for long enough', (step: StepOf<'pg.terminate'>) => ({ ...step, minimumIdleSeconds: 600 })],
  ])('leaves it alone where %s', async (_, change) => {
    const { verb, step, idle, alive } = await setup();
    await idle('SELECT 1');
    expect(await verb.perform(change(step), {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await alive()).toBe(true);
  });

  it('leaves the holder of an advisory lock and a session outside a transaction alone', async () => {
    const holder = await setup();
    await holder.idle('SELECT pg_advisory_lock(4242)');
    expect(await holder.verb.perform(holder.step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await holder.alive()).toBe(true);
    const plain = await setup();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await plain.verb.perform(plain.step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await plain.alive()).toBe(true);
  });
});

describe('building an index', () => {
  const setup = async () => {
    const database = await createServiceDatabase();
    const writer = opened(connectIndexWriter({ url: database.ownerUrl, timeoutMs: 3_000 }));
    const [table] = await database.query<{ oid: string }>("SELECT 'jobs'::regclass::oid::text AS oid");
    const step: StepOf<'pg.create_index'> = {
      verb: 'pg.create_index',
      schema: 'public',
      table: 'jobs',
      tableOid: table?.oid ?? '',
      columns: ['tenant', 'state'],
      index: 'hotswap_jobs_tenant_state_idx',
    };
    return { database, writer, step, verb: createIndexVerb(writer) };
  };
  const definition = (database: ServiceDatabase) =>
    database.query<{ def: string; valid: boolean }>(
      "SELECT pg_get_indexdef(indexrelid) AS def, indisvalid AS valid FROM pg_index WHERE indexrelid::regclass::text LIKE 'hotswap%'",
    );

  it('builds it, and drops exactly that one again', async () => {
    const { database, writer, step, verb } = await setup();
    const built = await verb.perform(step, {}, stepContext());
    expect(built).toMatchObject({ kind: 'done', facts: { indexOid: expect.stringMatching(/^\d+$/) } });
    expect(await definition(database)).toMatchObject([{ valid: true, def: expect.stringContaining('(tenant, state)') }]);
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });

    const drop = dropIndexVerb(writer);
    const wrong: StepOf<'pg.drop_index'> = {
      verb: 'pg.drop_index',
      schema: 'public',
      table: 'jobs',
      tableOid: step.tableOid,
      index: step.index,
      indexOid: '1',
    };
    expect(await drop.perform(wrong, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await definition(database)).toHaveLength(1);
    expect(await drop.perform({ ...wrong, indexOid: String(built.facts.indexOid) }, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect(await definition(database)).toHaveLength(0);
  });

  it('takes no identifier that the catalogue does not have', async () => {
    const { database, step, verb } = await setup();
    const evil = { ...step, columns: ['tenant); DROP TABLE jobs; --'] };
    expect(await verb.perform(evil, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await database.query('SELECT 1 FROM jobs LIMIT 1')).toHaveLength(1);
  });

  it('is cancelled by Stop, and says that it leaves an invalid index', async () => {
    const { database, step, verb } = await setup();
    const blocker = await database.session();
    await blocker.client.query('BEGIN; LOCK TABLE jobs IN ROW EXCLUSIVE MODE');
    let stop = false;
    const words: string[] = [];
    const build = verb.perform(
      step,
      {},
      stepContext({
        stopRequested: async () => stop,
        report: async (text) => {
          words.push(text);
        },
      }),
    );
    await until(() => words.some((text) => text.includes(`waiting for session ${blocker.pid}`)), 'the build says whom it waits for');
    stop = true;
    expect(await build).toMatchObject({ kind: 'stopped', text: expect.stringContaining('DROP INDEX CONCURRENTLY public.hotswap_jobs') });
    expect(await definition(database)).toMatchObject([{ valid: false }]);
  });

  it('is waited for where the executor that began it has died', async () => {
    const { database, writer, step, verb } = await setup();
    const blocker = await database.session();
    await blocker.client.query('BEGIN; LOCK TABLE jobs IN ROW EXCLUSIVE MODE');
    const build = await writer.startBuild(step);
    await until(async () => (await definition(database)).length === 1, 'the build has begun');
    const settling = verb.settle(step, {}, stepContext());
    await new Promise((resolve) => setTimeout(resolve, 200));
    await blocker.client.query('ROLLBACK');
    expect(await settling).toMatchObject({ kind: 'done' });
    await build.finished;
  });
});
