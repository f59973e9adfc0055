import { Client, DatabaseError, type QueryResultRow } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BotCluster, startBotCluster } from '../../../sandbox/postgres/bot-cluster.ts';
import { type ServiceCluster, startServiceCluster } from '../../../sandbox/postgres/service-cluster.ts';
import { draws } from '../../../sandbox/random.ts';
import { openStateFolder, type StateFolder } from '../../../sandbox/state-folder.ts';

let state: StateFolder;
let service: ServiceCluster;
let bot: BotCluster;

async function ask<Row extends QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

const refused = (url: string, sql: string): Promise<string> =>
  ask(url, sql).then(
    () => 'allowed',
    (error: unknown) => (error instanceof DatabaseError ? (error.code ?? '') : String(error)),
  );

beforeAll(async () => {
  state = await openStateFolder(undefined);
  [service, bot] = await Promise.all([
    startServiceCluster({
      directory: state.at('service'),
      superuserPassword: 'p@ss/word',
      passwords: { hotswap: 'a', hotswap_bot_ro: 'b', hotswap_bot_fix: 'c' },
      seed: 7,
      random: draws(7),
    }),
    startBotCluster({ directory: state.at('bot'), superuserPassword: 's', password: 'q' }),
  ]);
});

afterAll(async () => {
  await Promise.all([service.cluster.stop(), bot.cluster.stop()]);
  await state.discard();
});

describe("hotswap's own PostgreSQL", () => {
  it('holds thousands of rows, with every index in place', async () => {
    const [counts] = await ask<{ jobs: number; running: number; audit: number; artifacts: number }>(
      service.production.owner,
      `SELECT (SELECT count(*) FROM deployment_jobs)::int AS jobs, (SELECT count(*) FROM audit_events)::int AS audit,
              (SELECT count(*) FROM deployment_jobs WHERE status = 'Running' AND locked_until > now())::int AS running,
              (SELECT count(*) FROM module_artifacts)::int AS artifacts`,
    );
    expect(counts?.jobs).toBeGreaterThan(4_000);
    expect(counts?.running).toBeGreaterThanOrEqual(10);
    expect(counts?.audit).toBeGreaterThan(30_000);
    expect(counts?.artifacts).toBeGreaterThan(25_000);
    const invalid = await ask(service.production.superuser, 'SELECT 1 FROM pg_index WHERE NOT indisvalid');
    expect(invalid).toEqual([]);
  });

  it('starts with clean statistics and pg_stat_statements preloaded', async () => {
    const [state] = await ask<{ statements: number; scans: number; rows: number }>(
      service.production.read,
      `SELECT (SELECT count(*) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname = 'hotswap' AND query LIKE 'INSERT%')::int AS statements,
              (SELECT max(seq_scan) FROM pg_stat_user_tables WHERE relname = 'audit_events')::int AS scans,
              (SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = 'module_artifacts')::int AS rows`,
    );
    expect(state?.statements).toBe(0);
    expect(state?.scans).toBeLessThan(5);
    expect(state?.rows).toBeGreaterThan(25_000);
  });

  it('lets the reading role read what the bot reads, and nothing more', async () => {
    const { read } = service.production;
    expect(await refused(read, 'SELECT count(*) FROM deployment_jobs')).toBe('allowed');
    expect(await refused(read, 'SELECT count(*) FROM audit_events')).toBe('allowed');
    expect(await refused(read, 'SELECT count(*) FROM modules')).toBe('42501');
    expect(await refused(read, "SET transaction_read_only = off; UPDATE deployment_jobs SET status = 'Failed'")).toBe('42501');
    expect(
      await refused(
        read,
        'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = current_user AND pid <> pg_backend_pid()',
      ),
    ).toBe('allowed');
    const [limits] = await ask<{ readonly: string; timeout: string; rolconnlimit: number }>(
      read,
      `SELECT current_setting('default_transaction_read_only') AS readonly, current_setting('statement_timeout') AS timeout, rolconnlimit FROM pg_roles WHERE rolname = current_user`,
    );
    expect(limits).toMatchObject({ readonly: 'on', timeout: '5s' });
    expect(limits?.rolconnlimit).toBeGreaterThanOrEqual(8);
    const [rights] = await ask<{ stats: boolean; signal: boolean }>(
      read,
      "SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS stats, pg_has_role('pg_signal_backend', 'USAGE') AS signal",
    );
    expect(rights).toEqual({ stats: true, signal: false });
  });

  it('lets the repairing role end sessions and set the columns of the guide, and nothing more', async () => {
    const { fix } = service.production;
    const [rights] = await ask<{ signal: boolean; status: boolean; payload: boolean; created: boolean; audit: boolean }>(
      fix,
      `SELECT pg_has_role('pg_signal_backend', 'USAGE') AS signal,
              has_column_privilege('deployment_jobs', 'status', 'UPDATE') AS status,
              has_column_privilege('deployment_jobs', 'payload', 'UPDATE') AS payload,
              has_schema_privilege('public', 'CREATE') AS created,
              has_table_privilege('audit_events', 'SELECT') AS audit`,
    );
    expect(rights).toEqual({ signal: true, status: true, payload: false, created: false, audit: false });
    expect(await refused(fix, 'DELETE FROM approval_requests')).toBe('42501');
  });

  it('keeps staging apart', async () => {
    const [counts] = await ask<{ jobs: number }>(service.staging.read, 'SELECT count(*)::int AS jobs FROM deployment_jobs');
    expect(counts?.jobs).toBeLessThan(1_000);
  });

  it('reads a table slowly without its index, without burning the processor, and fast again with it', async () => {
    const { owner } = service.production;
    const query =
      "SELECT id FROM audit_events WHERE deployment_id = 'exec-000100' AND tenant_may_see(tenant_id, id) ORDER BY occurred_at DESC LIMIT 20";
    const slow = async (): Promise<{ node: string; ms: number }> => {
      const [row] = await ask<{ 'QUERY PLAN': [{ Plan: unknown; 'Execution Time': number }] }>(
        owner,
        `EXPLAIN (ANALYZE, FORMAT JSON) ${query}`,
      );
      const [plan] = row?.['QUERY PLAN'] ?? [];
      return { node: JSON.stringify(plan?.Plan), ms: plan?.['Execution Time'] ?? 0 };
    };
    expect((await slow()).node).toContain('idx_audit_events_deployment_id');
    await ask(owner, 'DROP INDEX idx_audit_events_deployment_id');
    const without = await slow();
    expect(without.node).toContain('Seq Scan');
    expect(without.ms).toBeGreaterThan(1_000);
    await ask(owner, 'CREATE INDEX CONCURRENTLY idx_audit_events_deployment_id ON audit_events (deployment_id)');
    expect((await slow()).node).toContain('idx_audit_events_deployment_id');
  });
});

describe("the bot's PostgreSQL", () => {
  it('is a server of its own with an empty database, whose tables the release owns and the processes do not', async () => {
    expect(bot.cluster.port).not.toBe(service.cluster.port);
    expect(await refused(bot.ownerUrl, 'CREATE TABLE t (id int); DROP TABLE t')).toBe('allowed');
    expect(await refused(bot.url, 'CREATE TABLE t (id int)')).toBe('42501');
    expect(await refused(bot.url, 'CREATE SCHEMA s; DROP SCHEMA s')).toBe('allowed'); // the queue makes one
    expect(await ask(bot.url, "SELECT 1 FROM pg_tables WHERE schemaname = 'public'")).toEqual([]);
  });
});
