import { afterEach, describe, expect, it } from 'vitest';
import { connectIndexWriter, type IndexWriter } from '../../../src/clients/postgres-index-write.ts';
import { WriteUncertainError } from '../../../src/clients/write-errors.ts';
import { dropInvalidIndexVerb } from '../../../src/remediations/executor/pg.drop_invalid_index.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { onEachVersion } from '../../support/postgres-versions.ts';
import { createServiceDatabase, until } from '../../support/service-database.ts';
import { stepContext } from '../support/step-context.ts';

const closing: IndexWriter[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close()));
});

const INDEX = 'Jobs by tenant';

/** A build that gave up waiting for a lock, and left an invalid index behind. */
async function halfBuilt(server?: string) {
  const database = await createServiceDatabase(server);
  const blocker = await database.session();
  await blocker.client.query('BEGIN; LOCK TABLE jobs IN ROW EXCLUSIVE MODE');
  const builder = await database.session();
  await builder.client.query("SET lock_timeout = '300ms'");
  await builder.client.query(`CREATE INDEX CONCURRENTLY "${INDEX}" ON jobs (tenant)`).catch(() => {});
  await blocker.client.query('ROLLBACK');
  const indexes = () =>
    database.query<{ oid: string; table: string; valid: boolean }>(
      'SELECT indexrelid::text AS oid, indrelid::text AS table, indisvalid AS valid FROM pg_index WHERE indexrelid::regclass::text = $1',
      [`"${INDEX}"`],
    );
  const [left] = await indexes();
  if (left?.valid !== false) throw new Error('the build left no invalid index');
  const writer = connectIndexWriter({ url: database.ownerUrl, timeoutMs: 5_000 });
  closing.push(writer);
  const step: StepOf<'pg.drop_invalid_index'> = {
    verb: 'pg.drop_invalid_index',
    ...{ schema: 'public', table: 'jobs', tableOid: left.table, index: INDEX, indexOid: left.oid },
  };
  return { database, writer, verb: dropInvalidIndexVerb(writer), step, indexes };
}

onEachVersion((engine) => {
  describe('an invalid index', () => {
    it('is removed, once', async () => {
      const { verb, step, indexes } = await halfBuilt(engine.url());
      expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
      expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'done' });
      expect(await indexes()).toEqual([]);
      expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'done' });
      expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    });

    it('is left alone while it is being built anew', async () => {
      const { database, verb, step, indexes } = await halfBuilt(engine.url());
      const blocker = await database.session();
      await blocker.client.query('BEGIN; UPDATE jobs SET state = state WHERE id = 1');
      const builder = await database.session();
      const rebuilding = builder.client.query(`REINDEX INDEX CONCURRENTLY "${INDEX}"`).catch(() => {});
      const working = `SELECT 1 FROM pg_locks WHERE relation = 'jobs'::regclass AND mode = 'ShareUpdateExclusiveLock' AND pid = $1 AND granted`;
      await until(async () => (await database.query(working, [builder.pid])).length > 0, 'it is being rebuilt');
      expect(await verb.perform(step, {}, stepContext())).toMatchObject({
        kind: 'not-done',
        text: expect.stringMatching(/is being built|may be building it/), // whether the server shows the build yet, or only its lock
      });
      await blocker.client.query('ROLLBACK');
      await rebuilding;
      const [after] = await indexes();
      if (after?.valid === true) expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
      expect(await indexes()).toHaveLength(1);
    });
  });
});

describe('an index that is another one, or valid by now', () => {
  it('is left alone where it was built under the same name', async () => {
    const { database, verb, step, indexes } = await halfBuilt();
    await database.query(`DROP INDEX "${INDEX}"; CREATE INDEX "${INDEX}" ON jobs (tenant)`);
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'done', text: expect.stringContaining('was not touched') });
    expect(await indexes()).toMatchObject([{ valid: true }]);
  });

  it('is left alone where it was made valid', async () => {
    const { database, verb, step, indexes } = await halfBuilt();
    await database.query(`REINDEX INDEX "${INDEX}"`);
    const [now] = await indexes();
    expect(now).toMatchObject({ oid: step.indexOid, valid: true });
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done', text: expect.stringContaining('is valid') });
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await indexes()).toMatchObject([{ valid: true }]);
  });
});

describe('a removal whose answer was lost', () => {
  it('is waited for while the server is at it, and not sent again', async () => {
    const { database, writer, step, indexes } = await halfBuilt();
    const blocker = await database.session();
    await blocker.client.query('BEGIN; UPDATE jobs SET state = state WHERE id = 1');
    let sent = 0;
    const verb = dropInvalidIndexVerb({
      ...writer,
      dropInvalid: async (request) => {
        sent += 1;
        void writer.dropInvalid(request);
        throw new WriteUncertainError('the connection broke');
      },
    });
    const result = verb.perform(step, {}, stepContext());
    await until(async () => writer.isBusy(step.tableOid), 'the server is at it');
    await blocker.client.query('ROLLBACK');
    expect(await result).toMatchObject({ kind: 'done' });
    expect(await indexes()).toEqual([]);
    expect(sent).toBe(1);
  });
});
