import { afterEach, describe, expect, it } from 'vitest';
import { connectStatisticsWriter, type StatisticsWriter } from '../../../src/clients/postgres-statistics-write.ts';
import { WriteUncertainError } from '../../../src/clients/write-errors.ts';
import { analyzeVerb } from '../../../src/remediations/executor/pg.analyze.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { onEachVersion } from '../../support/postgres-versions.ts';
import { createServiceDatabase } from '../../support/service-database.ts';
import { stepContext } from '../support/step-context.ts';

/** Up to version 14 a server shows what it counted up to half a second late, which no short wait makes sooner. */
const patient = () => stepContext({ wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) });

const closing: StatisticsWriter[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((one) => one.close()));
});

/** A table that its owner has never analysed; the role that made it has. */
async function table(server?: string) {
  const database = await createServiceDatabase(server);
  await database.query('CREATE TABLE "Orders" (id int, tenant text); INSERT INTO "Orders" SELECT i, \'t\' FROM generate_series(1, 1000) i');
  await database.query(`ALTER TABLE "Orders" OWNER TO ${database.appRole}`);
  const open = (url: string) => {
    const writer = connectStatisticsWriter({ url, timeoutMs: 5_000 });
    closing.push(writer);
    return writer;
  };
  const [row] = await database.query<{ oid: string }>(`SELECT '"Orders"'::regclass::oid::text AS oid`);
  const step: StepOf<'pg.analyze'> = { verb: 'pg.analyze', schema: 'public', table: 'Orders', tableOid: row?.oid ?? '', lastAnalyze: null };
  const isAnalysed = async () => (await database.query("SELECT 1 FROM pg_stats WHERE tablename = 'Orders'")).length > 0;
  return { database, open, writer: open(database.ownerUrl), step, isAnalysed };
}

onEachVersion((engine) => {
  describe('analysing a table', () => {
    it('collects its statistics once, and tells by the time that the server keeps', async () => {
      const { writer, step, isAnalysed } = await table(engine.url());
      const verb = analyzeVerb(writer);
      expect(await verb.preview(step)).toMatchObject([{ field: expect.stringContaining('by hand'), before: 'never', after: 'now' }]);
      expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
      const result = await verb.perform(step, {}, patient());
      expect(result).toMatchObject({ kind: 'done', facts: { lastAnalyze: expect.stringMatching(/\.\d{6}Z$/) } });
      expect(await isAnalysed()).toBe(true);
      expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'done' });
      expect(await verb.perform(step, {}, stepContext())).toMatchObject({
        kind: 'not-done',
        text: expect.stringContaining('somebody else'),
      });
    });

    it('is refused to a role that does not own it, instead of being skipped with a warning', async () => {
      const { database, open, step, isAnalysed } = await table(engine.url());
      await database.query(`GRANT SELECT, INSERT ON "Orders" TO ${new URL(database.fixUrl).username}`);
      const verb = analyzeVerb(open(database.fixUrl));
      await expect(verb.preview(step)).rejects.toMatchObject({ code: 'forbidden' });
      expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
      expect(await isAnalysed()).toBe(false);
    });

    it('counts a warning of the server as not done', async () => {
      const { database, open, writer, step, isAnalysed } = await table(engine.url());
      const other = open(database.fixUrl); // sees everything, may nothing, and is only warned
      const verb = analyzeVerb({ ...other, look: writer.look });
      expect(await verb.perform(step, {}, stepContext())).toMatchObject({
        kind: 'not-done',
        text: expect.stringMatching(/skipp(ed|ing).*Orders/),
      });
      expect(await isAnalysed()).toBe(false);
    });

    it('gives way at once to whoever works on the table', async () => {
      const { database, writer, step, isAnalysed } = await table(engine.url());
      const holder = await database.session();
      await holder.client.query('BEGIN; LOCK TABLE "Orders" IN SHARE UPDATE EXCLUSIVE MODE');
      const verb = analyzeVerb(writer);
      await expect(verb.preview(step)).rejects.toThrow('Another session works on public.Orders');
      expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
      expect((await writer.analyze(step)).join(' ')).toMatch(/lock not available/);
      expect(await isAnalysed()).toBe(false);
    });
  });

  if (engine.version < 17) return; // MAINTAIN came with 17
  it('is allowed to a role with MAINTAIN', async () => {
    const { database, open, step } = await table(engine.url());
    await database.query(`GRANT MAINTAIN, SELECT ON "Orders" TO ${new URL(database.fixUrl).username}`);
    expect(await analyzeVerb(open(database.fixUrl)).perform(step, {}, stepContext())).toMatchObject({ kind: 'done' });
  });
});

describe('an ANALYZE whose answer was lost', () => {
  it('is found by reading back, and not sent again', async () => {
    const { writer, step } = await table();
    let sent = 0;
    const verb = analyzeVerb({
      ...writer,
      analyze: async (relation) => {
        sent += 1;
        await writer.analyze(relation);
        throw new WriteUncertainError('the connection broke');
      },
    });
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect(sent).toBe(1);
  });

  it('is waited for while somebody works on the table', async () => {
    const { database, writer, step } = await table();
    const holder = await database.session();
    await holder.client.query('BEGIN; LOCK TABLE "Orders" IN SHARE UPDATE EXCLUSIVE MODE');
    let looks = 0;
    const verb = analyzeVerb({
      ...writer,
      look: async (relation) => {
        looks += 1;
        if (looks === 15) await holder.client.query('COMMIT; ANALYZE "Orders"');
        return writer.look(relation);
      },
    });
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'done' });
  });
});

describe('another table', () => {
  it('is never analysed in its place', async () => {
    const { database, writer, step, isAnalysed } = await table();
    await database.query('ALTER TABLE "Orders" RENAME TO former; CREATE TABLE "Orders" (id int); INSERT INTO "Orders" VALUES (1)');
    expect(await analyzeVerb(writer).perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await isAnalysed()).toBe(false);
  });
});
