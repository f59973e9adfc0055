import { afterEach, describe, expect, it } from 'vitest';
import { connectSessionWriter } from '../../../src/clients/postgres-write.ts';
import { WriteUncertainError } from '../../../src/clients/write-errors.ts';
import { cancelVerb } from '../../../src/remediations/executor/pg.cancel.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { onEachVersion } from '../../support/postgres-versions.ts';
import { createServiceDatabase, until } from '../../support/service-database.ts';
import { stepContext } from '../support/step-context.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

const QUERY_START = `SELECT to_char(query_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at FROM pg_stat_activity
  WHERE pid = $1 AND state = 'active' AND query_start < clock_timestamp() - interval '1.1 s'`;

/** A session that has run one statement for more than a second; `ended` is how the statement ends. */
async function running(server?: string, sql = 'SELECT pg_sleep(60)') {
  const database = await createServiceDatabase(server);
  const writer = connectSessionWriter({ url: database.fixUrl, timeoutMs: 3_000 });
  closing.push(() => writer.close());
  const session = await database.session();
  const ended = session.client.query(sql).then(
    () => 'ended by itself',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : String(error)),
  );
  let queryStart = '';
  await until(async () => {
    const [row] = await database.query<{ at: string }>(QUERY_START, [session.pid]);
    queryStart = row?.at ?? '';
    return row !== undefined;
  }, 'the statement runs for a second');
  const { pid, backendStart } = session;
  const step: StepOf<'pg.cancel'> = {
    verb: 'pg.cancel',
    ...{ pid, backendStart, queryStart },
    roles: [database.appRole],
    minimumRunningSeconds: 1,
  };
  const isActive = async () =>
    (await database.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND state = 'active'", [session.pid])).length === 1;
  return { database, writer, verb: cancelVerb(writer), session, ended, step, isActive };
}

onEachVersion((engine) => {
  describe('cancelling a statement', () => {
    it('ends exactly that statement, and leaves the session', async () => {
      const { verb, session, ended, step } = await running(engine.url());
      expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
      expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'done', facts: { runningSeconds: expect.any(Number) } });
      expect(await ended).toBe('57014');
      expect((await session.client.query('SELECT 1 AS alive')).rows).toEqual([{ alive: 1 }]);
      expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'done' });
    });

    it.each<[string, (step: StepOf<'pg.cancel'>) => StepOf<'pg.cancel'>]>([
      ['another backend has its pid now', (step) => ({ ...step, backendStart: '2020-01-01T00:00:00.000000Z' })],
      ['the session runs another statement now', (step) => ({ ...step, queryStart: '2020-01-01T00:00:00.000000Z' })],
      ['its role is not allowed', (step) => ({ ...step, roles: ['somebody_else'] })],
      ['it has not run for long enough', (step) => ({ ...step, minimumRunningSeconds: 600 })],
    ])('leaves it alone where %s', async (_, change) => {
      const { verb, step, isActive } = await running(engine.url());
      expect(await verb.perform(change(step), {}, stepContext())).toMatchObject({ kind: 'not-done' });
      expect(await isActive()).toBe(true);
    });
  });
});

describe('cancelling a statement that everybody queues behind', () => {
  it('lets those behind it go on, and leaves the one that it waited for', async () => {
    const database = await createServiceDatabase();
    const root = await database.session();
    await root.client.query('BEGIN; SELECT count(*) FROM jobs');
    const writer = connectSessionWriter({ url: database.fixUrl, timeoutMs: 3_000 });
    closing.push(() => writer.close());
    const migration = await database.session();
    const ddl = migration.client.query('ALTER TABLE jobs ADD COLUMN zz int').catch((error: { code?: string }) => error.code);
    let at = '';
    await until(async () => {
      at = (await database.query<{ at: string }>(QUERY_START, [migration.pid]))[0]?.at ?? '';
      return at !== '';
    }, 'the migration waits');
    const reader = (await database.session()).client.query('SELECT count(*)::int AS n FROM jobs');
    const { pid, backendStart } = migration;
    const step = {
      verb: 'pg.cancel' as const,
      ...{ pid, backendStart, queryStart: at },
      roles: [database.appRole],
      minimumRunningSeconds: 1,
    };
    expect(await cancelVerb(writer).perform(step, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect(await ddl).toBe('57014');
    expect((await reader).rows).toEqual([{ n: 5000 }]);
    expect((await root.client.query('SELECT 1 AS alive')).rows).toEqual([{ alive: 1 }]);
  });
});

describe('a cancellation whose answer was lost', () => {
  it('is found by reading back, and not sent again', async () => {
    const { writer, step, ended } = await running();
    let sent = 0;
    const verb = cancelVerb({
      ...writer,
      cancelRunning: async (statement) => {
        sent += 1;
        await writer.cancelRunning(statement);
        throw new WriteUncertainError('the connection broke');
      },
    });
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect(await ended).toBe('57014');
    expect(sent).toBe(1);
  });
});
