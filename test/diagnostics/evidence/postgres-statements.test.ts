import { describe, expect, it } from 'vitest';
import { indexes } from '../../../src/diagnostics/evidence/indexes.ts';
import { statements, takeStatementSample } from '../../../src/diagnostics/evidence/statements.ts';
import { tableColumns } from '../../../src/diagnostics/evidence/table-columns.ts';
import { topStatements } from '../../../src/diagnostics/evidence/top-statements.ts';
import { onEachVersion, type Postgres } from '../../support/postgres-versions.ts';
import { createServiceDatabase, type ServiceDatabase, until } from '../../support/service-database.ts';
import { clientsOf, collect, read } from '../support/collect.ts';
import { settings } from '../support/evidence.ts';

const AT_ONCE = { diagnostics: { ...settings.diagnostics, statementPairMinimumSeconds: 0 } };
const { signal } = new AbortController();

async function withStatements(engine: Postgres): Promise<ServiceDatabase> {
  const database = await createServiceDatabase(engine.url());
  await database.trackStatements();
  return database;
}

const BIG = `CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, state text NOT NULL, note text NOT NULL);
  INSERT INTO orders SELECT i, 'c' || i % 5000, 'open', repeat('x', 150) FROM generate_series(1, 60000) i; ANALYZE orders;`;

const TOO_OLD: unknown = expect.stringContaining('from version 16 on');

onEachVersion((engine) => {
  const showsPlans = engine.version >= 16;

  describe('statement statistics', () => {
    it('show what was slow between two readings, and nothing from before', async () => {
      const database = await withStatements(engine);
      const app = await database.session();
      await app.client.query('SELECT count(*), pg_sleep(0.3) FROM jobs WHERE state = $1', ['open']);
      const { postgres } = clientsOf({ database: database.readUrl });
      const first = await takeStatementSample(postgres, signal);
      for (const tenant of ['t1', 't2', 't3'])
        await app.client.query('SELECT pg_sleep(0.05), * FROM jobs WHERE tenant = $1 LIMIT 1', [tenant]);
      const seen = await read(statements, clientsOf({ database: database.readUrl }), { ...AT_ONCE, statementSamples: [first] });
      expect(seen.compared).toMatchObject({ connections: expect.any(Number) });
      expect(seen.slowest[0]).toMatchObject({ calls: 3, query: 'SELECT pg_sleep($2), * FROM jobs WHERE tenant = $1 LIMIT $3', rows: 3 });
      expect(seen.slowest[0]?.meanMs).toBeGreaterThan(49);
      expect(seen.slowest.some(({ query }) => query.includes('count(*)'))).toBe(false);
    });

    it('are the first reading where none fits, and can be compared with later as they were stored', async () => {
      const database = await withStatements(engine);
      const clients = clientsOf({ database: database.readUrl });
      const first = await read(statements, clients);
      expect(first.compared).toBeNull();
      const stored = {
        takenAt: new Date(first.sample.takenAt.getTime() - 20_000),
        reading: JSON.parse(JSON.stringify(first.sample.reading)) as unknown,
      };
      const tooOld = { takenAt: new Date(first.sample.takenAt.getTime() - 61_000), reading: stored.reading };
      const broken = { takenAt: new Date(first.sample.takenAt.getTime() - 15_000), reading: { statements: 7 } };
      expect((await read(statements, clients, { statementSamples: [tooOld] })).compared).toBeNull();
      expect((await read(statements, clients, { statementSamples: [tooOld, stored, broken] })).compared?.seconds).toBeGreaterThan(19);
    });

    it('name the table that a slow statement scans, and the columns that would spare it', async () => {
      const database = await withStatements(engine);
      await database.query(BIG);
      await database.query(`GRANT SELECT ON orders TO ${new URL(database.appUrl).username}, ${new URL(database.readUrl).username}`);
      const app = await database.session();
      const clients = clientsOf({ database: database.readUrl });
      const first = await takeStatementSample(clients.postgres, signal);
      for (let i = 0; i < 60; i++) await app.client.query("SELECT id FROM orders WHERE customer = $1 AND state = 'open'", [`c${i}`]);
      const { slowest } = await read(statements, clients, { ...AT_ONCE, statementSamples: [first] });
      const slow = slowest.find(({ query }) => query.includes('FROM orders'));
      const plan = showsPlans ? { scans: ['public.orders'], planNotSeen: null } : { scans: null, planNotSeen: TOO_OLD };
      expect(slow).toMatchObject({ calls: 60, ...plan });
      expect(slow?.uses).toEqual([expect.objectContaining({ table: 'public.orders', columns: ['customer', 'state'], covered: false })]);
      await until(async () => {
        await app.client.query('SELECT'); // before PostgreSQL 15 a session that has just told of its scans tells of more with its next statement
        return (await read(indexes, clients)).scanned.length > 0;
      }, 'the statistics show the scans');
      expect((await read(indexes, clients)).scanned[0]).toMatchObject({ table: 'public.orders' });
    });

    it('say which right is lacking to look at a plan', async () => {
      const database = await withStatements(engine);
      const app = await database.session();
      await app.client.query('CREATE TABLE own (id int, name text)');
      const clients = clientsOf({ database: database.readUrl });
      const first = await takeStatementSample(clients.postgres, signal);
      await app.client.query('SELECT * FROM own WHERE name = $1', ['x']);
      const { slowest } = await read(statements, clients, { ...AT_ONCE, statementSamples: [first] });
      expect(slowest.find(({ query }) => query.includes('FROM own'))).toMatchObject({
        scans: null,
        planNotSeen: showsPlans ? expect.stringContaining('GRANT SELECT') : TOO_OLD,
      });
    });

    it('show since the reset what took the most time, each on one line and once, however long its text is', async () => {
      const database = await withStatements(engine);
      const app = await database.session();
      const slow = 'SELECT   count(*),\n\n    pg_sleep($1)\n  FROM jobs';
      for (const seconds of [0.1, 0.3]) await app.client.query(slow, [seconds]);
      await database.query(slow, [0.2]);
      const long = (column: string) =>
        `SELECT ${Array.from({ length: 400 }, (_, at) => `state AS c${at}`).join(', ')}, ${column} FROM jobs LIMIT 0`;
      for (const column of ['tenant', 'id']) await app.client.query(long(column));
      const top = await read(topStatements, clientsOf({ database: database.readUrl }));
      expect(top[0]).toMatchObject({ query: 'SELECT count(*), pg_sleep($1) FROM jobs', calls: 3 });
      expect(top[0]?.meanMs).toBeGreaterThan(199);
      expect(top[0]?.meanMs).toBeLessThan(1_000);
      expect(top.length).toBeLessThanOrEqual(10);
      expect(new Set(top.map(({ query }) => query)).size).toBe(top.length);
      expect(top.every(({ query }) => query.length <= 300)).toBe(true);
    });

    it('are a gap with the statement to run where the extension is not created', async () => {
      const database = await createServiceDatabase(engine.url());
      expect(await collect(statements, clientsOf({ database: database.readUrl }))).toMatchObject({
        kind: 'missing',
        reason: 'not-served',
        mend: 'CREATE EXTENSION pg_stat_statements;',
      });
    });
  });

  describe('indexes', () => {
    it('are hinted at where a foreign key has none, and where one is invalid', async () => {
      const database = await createServiceDatabase(engine.url());
      await database.query(`${BIG} CREATE TABLE items (id int PRIMARY KEY, order_id int NOT NULL REFERENCES orders, pad text NOT NULL);
      INSERT INTO items SELECT i, i, repeat('x', 150) FROM generate_series(1, 60000) i; ANALYZE items;`);
      const holder = await database.session(database.adminUrl);
      await holder.client.query('BEGIN; LOCK TABLE items IN ROW EXCLUSIVE MODE');
      await database.query("SET lock_timeout = '200ms'");
      await expect(database.query('CREATE INDEX CONCURRENTLY items_pad ON items (pad)')).rejects.toMatchObject({ code: '55P03' });
      const clients = clientsOf({ database: database.readUrl });
      const seen = await read(indexes, clients);
      expect(seen.foreignKeys).toEqual([
        expect.objectContaining({ table: 'public.items', parent: 'public.orders', columns: ['order_id'] }),
      ]);
      expect(seen.invalid).toEqual([expect.objectContaining({ index: 'items_pad', table: 'public.items' })]);
      await holder.client.query('ROLLBACK');
      await database.query('CREATE INDEX ON items (order_id)');
      expect((await read(indexes, clients)).foreignKeys).toEqual([]);
    });

    it('are listed with their tables and columns for every role', async () => {
      const database = await createServiceDatabase(engine.url());
      const tables = await read(tableColumns, clientsOf({ database: database.appUrl }));
      expect(tables).toEqual([
        expect.objectContaining({
          table: 'public.jobs',
          columns: [
            expect.objectContaining({ name: 'id' }),
            expect.objectContaining({ name: 'tenant' }),
            expect.objectContaining({ name: 'state' }),
          ],
          indexes: [expect.objectContaining({ columns: ['id'], valid: true })],
        }),
      ]);
    });
  });
});
