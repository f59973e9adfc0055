import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { lockDdlQueue } from '../../../src/diagnostics/causes/db.lock.ddl_queue.ts';
import { lockIdleTransaction } from '../../../src/diagnostics/causes/db.lock.idle_tx.ts';
import { pgLocks } from '../../../src/diagnostics/checks/pg.locks.ts';
import { conclude } from '../../../src/diagnostics/conclude.ts';
import { activity } from '../../../src/diagnostics/evidence/activity.ts';
import { advisoryLocks } from '../../../src/diagnostics/evidence/advisory-locks.ts';
import { capacity } from '../../../src/diagnostics/evidence/capacity.ts';
import { idleTransactions } from '../../../src/diagnostics/evidence/idle-transactions.ts';
import { locks } from '../../../src/diagnostics/evidence/locks.ts';
import { longQueries } from '../../../src/diagnostics/evidence/long-queries.ts';
import { server } from '../../../src/diagnostics/evidence/server.ts';
import type { Source } from '../../../src/diagnostics/types.ts';
import { onEachVersion } from '../../support/postgres-versions.ts';
import { createServiceDatabase, type ServiceDatabase, until } from '../../support/service-database.ts';
import { clientsOf, collect, read } from '../support/collect.ts';
import { context, given, run } from '../support/evidence.ts';

async function waiters(database: ServiceDatabase, count: number): Promise<void> {
  const sql = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`;
  await until(async () => ((await database.query<{ n: number }>(sql))[0]?.n ?? 0) >= count, `${count} sessions wait`);
}

/** A holds row 1; B holds row 2 and waits for A; C waits for B. */
async function lockChain(database: ServiceDatabase) {
  const [a, b, c] = [await database.session(), await database.session(), await database.session()];
  await a.client.query("BEGIN; UPDATE jobs SET state = 'secret-state' WHERE id = 1");
  await b.client.query("BEGIN; UPDATE jobs SET state = 'x' WHERE id = 2");
  b.client.query("UPDATE jobs SET state = 'x' WHERE id = 1").catch(() => {});
  await waiters(database, 1);
  c.client.query("UPDATE jobs SET state = 'x' WHERE id = 2").catch(() => {});
  await waiters(database, 2);
  return { a, b, c };
}

onEachVersion((engine) => {
  describe('a lock chain', () => {
    it('leads to the session at its root, which the next one takes when it is gone', async () => {
      const database = await createServiceDatabase(engine.url());
      const { a, b, c } = await lockChain(database);
      const clients = clientsOf({ database: database.readUrl });
      const seen = await read(locks, clients);
      expect(seen.roots).toEqual([
        expect.objectContaining({
          pid: a.pid,
          backendStart: a.backendStart,
          role: database.appRole,
          state: 'idle in transaction',
          blockedSessions: 2,
          chainDepth: 2,
        }),
      ]);
      expect(seen.waiters.map(({ pid, blockedBy }) => [pid, blockedBy])).toEqual(
        expect.arrayContaining([
          [b.pid, [a.pid]],
          [c.pid, [b.pid]],
        ]),
      );
      expect(JSON.stringify(seen)).not.toContain('secret-state');
      await a.client.query('ROLLBACK');
      await until(async () => (await read(locks, clients)).roots[0]?.pid === b.pid, 'the next session becomes the root');
    });

    it('is concluded once the root has been idle long enough', async () => {
      const database = await createServiceDatabase(engine.url());
      await lockChain(database);
      const data = await read(locks, clientsOf({ database: database.readUrl }));
      const result = run(pgLocks, given(locks, data));
      const now = (idleTransactionRootSeconds: number) =>
        conclude(lockIdleTransaction, new Map([['pg.locks', result]]), {
          ...context,
          thresholds: { ...context.thresholds, idleTransactionRootSeconds },
        });
      expect(now(3_600).kind).toBe('ruled-out');
      await new Promise((resolve) => setTimeout(resolve, 1_100));
      const later = run(pgLocks, given(locks, await read(locks, clientsOf({ database: database.readUrl }))));
      const conclusion = conclude(lockIdleTransaction, new Map([['pg.locks', later]]), {
        ...context,
        thresholds: { ...context.thresholds, idleTransactionRootSeconds: 0.5 },
      });
      expect(conclusion).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    });
  });

  describe('a queue behind a schema change', () => {
    it('leads to the statement that wants the table for itself', async () => {
      const database = await createServiceDatabase(engine.url());
      const a = await database.session();
      await a.client.query('BEGIN; SELECT count(*) FROM jobs');
      const b = await database.session();
      b.client.query('ALTER TABLE jobs ADD COLUMN zz int').catch(() => {});
      await waiters(database, 1);
      for (const session of [await database.session(), await database.session()])
        session.client.query('SELECT count(*) FROM jobs').catch(() => {});
      await waiters(database, 3);
      const data = await read(locks, clientsOf({ database: database.readUrl }));
      expect(data.roots).toEqual([expect.objectContaining({ pid: a.pid, blockedSessions: 3, heldModes: ['AccessShareLock'] })]);
      const result = run(pgLocks, given(locks, data));
      expect(result.facts?.chokes).toEqual([expect.objectContaining({ pid: b.pid, behind: 2, wantedOn: 'jobs' })]);
      expect(conclude(lockDdlQueue, new Map([['pg.locks', result]]), context)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    });
  });

  describe('sessions', () => {
    it('that are idle in a transaction are told with what they hold', async () => {
      const database = await createServiceDatabase(engine.url());
      const idle = await database.session();
      await idle.client.query("BEGIN; UPDATE jobs SET state = 'x' WHERE id = 1; SELECT pg_advisory_lock(4242)");
      const clients = clientsOf({ database: database.readUrl });
      await until(async () => (await read(idleTransactions, clients)).length === 1, 'it has been idle for a second');
      expect(await read(idleTransactions, clients)).toEqual([
        expect.objectContaining({
          pid: idle.pid,
          backendStart: idle.backendStart,
          role: database.appRole,
          advisoryLocks: 1,
          directlyBlocks: 0,
        }),
      ]);
      expect(await read(advisoryLocks, clients)).toEqual([expect.objectContaining({ pid: idle.pid, key: '4242', granted: true })]);
    });

    it('are counted by role and state, without those of the bot', async () => {
      const database = await createServiceDatabase(engine.url());
      await database.session();
      await database.session();
      const clients = clientsOf({ database: database.readUrl });
      const groups = (await read(activity, clients)).groups.filter(({ role }) => role === database.appRole);
      expect(groups).toEqual([expect.objectContaining({ state: 'idle', connections: 2 })]);
      expect(JSON.stringify(await read(activity, clients))).not.toContain('hotswap-bot');
      expect(await read(capacity, clients)).toMatchObject({ maxConnections: 300, usable: 297, databaseLimit: null });
    });

    it('that run a statement for long are told without its literals', async () => {
      const database = await createServiceDatabase(engine.url());
      const { client, pid } = await database.session();
      const running = client.query("SELECT pg_sleep(30), 'hunter2'").catch(() => {});
      const clients = clientsOf({ database: database.readUrl });
      await until(async () => (await read(longQueries, clients)).length === 1, 'it runs for a second');
      expect(await read(longQueries, clients)).toEqual([expect.objectContaining({ pid, query: 'SELECT pg_sleep(?), ?' })]);
      await database.query('SELECT pg_cancel_backend($1)', [pid]);
      await running;
    });
  });

  describe('a role that may not see others', () => {
    it.each<[string, Source<unknown>]>([
      ['locks', locks],
      ['sessions', activity],
      ['idle transactions', idleTransactions],
      ['slots', capacity],
      ['long statements', longQueries],
      ['advisory locks', advisoryLocks],
    ])('gets no %s, and the grant to ask for, instead of an empty answer', async (_, source) => {
      const database = await createServiceDatabase(engine.url());
      expect(await collect(source, clientsOf({ database: database.appUrl }))).toMatchObject({
        kind: 'missing',
        reason: 'forbidden',
        mend: 'GRANT pg_read_all_stats TO hotswap_bot_ro;',
      });
    });
  });

  describe('the server', () => {
    it('is told with its version and what the role may see', async () => {
      const database = await createServiceDatabase(engine.url());
      expect(await read(server, clientsOf({ database: database.readUrl }))).toMatchObject({
        connected: true,
        inRecovery: false,
        canReadAllStats: true,
      });
    });

    it('that nobody listens for is evidence, and not a gap', async () => {
      expect(await read(server, clientsOf({ database: 'postgres://a:b@127.0.0.1:1/x' }))).toMatchObject({
        connected: false,
        fault: 'refused',
        code: 'ECONNREFUSED',
      });
    });

    it("that refuses the bot's password says nothing of itself", async () => {
      const database = await createServiceDatabase(engine.url());
      const url = new URL(database.readUrl);
      url.password = 'wrong';
      const evidence = await collect(server, clientsOf({ database: url.href }));
      expect(evidence).toMatchObject({ kind: 'missing', reason: 'forbidden' });
      expect(JSON.stringify(evidence)).not.toContain('wrong');
    });

    it('that is not configured is a gap with the variable to set', async () => {
      expect(await collect(server, clientsOf({}))).toMatchObject({
        kind: 'missing',
        reason: 'not-configured',
        mend: 'Set the environment variable DB_READ.',
      });
    });
  });

  describe('the connection of the bot', () => {
    it('writes nothing, gives up in time, and still answers afterwards', async () => {
      const database = await createServiceDatabase(engine.url());
      const { postgres } = clientsOf({ database: database.ownerUrl });
      const { signal } = new AbortController();
      await expect(postgres.query("UPDATE jobs SET state = 'x'", signal)).rejects.toMatchObject({ code: '25006' });
      await expect(postgres.query('SELECT pg_sleep(20)', AbortSignal.timeout(300))).rejects.toMatchObject({ reason: 'timeout' });
      expect(await postgres.query("SELECT 1 AS one, current_setting('TimeZone') AS zone", signal)).toEqual([{ one: 1, zone: 'UTC' }]);
    });

    it('waits a second for a lock at most, and calls it one', async () => {
      const database = await createServiceDatabase(engine.url());
      const { client } = await database.session();
      await client.query('BEGIN; LOCK TABLE jobs');
      const { postgres } = clientsOf({ database: database.ownerUrl });
      await expect(postgres.query('SELECT count(*) FROM jobs', new AbortController().signal)).rejects.toMatchObject({
        fault: 'lock-timeout',
        code: '55P03',
      });
    });

    it('is not waited for again by each question where nobody answers', async () => {
      let connections = 0;
      const silent = createServer(() => {
        connections += 1;
      });
      silent.listen(0, '127.0.0.1');
      await once(silent, 'listening');
      const { port } = z.object({ port: z.number() }).parse(silent.address());
      const clients = clientsOf({ database: `postgres://a:b@127.0.0.1:${port}/x`, timeoutMs: 400 });
      const sources: readonly Source<unknown>[] = [server, activity, capacity, locks, idleTransactions];
      const answers = await Promise.all(sources.map((source) => collect(source, clients)));
      expect(connections).toBeLessThanOrEqual(2); // as many as there may be at once; the other questions hear of their failure
      expect(answers[0]).toMatchObject({ kind: 'collected', data: { connected: false, fault: 'timeout' } });
      expect(answers.slice(1).map(({ kind }) => kind)).toEqual(['missing', 'missing', 'missing', 'missing']);
      silent.close();
    });

    it('stays open when a role has no connection left', async () => {
      const database = await createServiceDatabase(engine.url());
      const { postgres } = clientsOf({ database: database.appUrl });
      await postgres.open();
      await database.query(`ALTER ROLE ${database.appRole} CONNECTION LIMIT 1`);
      const { signal } = new AbortController();
      expect(await postgres.query('SELECT 1 AS one', signal)).toEqual([{ one: 1 }]);
      const other = clientsOf({ database: database.appUrl });
      await expect(other.postgres.query('SELECT 1', signal)).rejects.toMatchObject({ fault: 'role-limit', reason: 'unreachable' });
    });
  });
});
