import { readFileSync } from 'node:fs';
import { Client, DatabaseError } from 'pg';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { VERB_NEEDS } from '../../src/remediations/executor/needs.ts';
import { writeTables } from '../diagnostics/support/service-tables.ts';
import { createDatabase } from '../support/database.ts';
import { onEachVersion } from '../support/postgres-versions.ts';
import { runPsqlScript } from '../support/psql-script.ts';

const SCRIPT = readFileSync('deploy/database-roles.sql', 'utf8');
const VARIABLES = { ro_password: "r'o", fix_password: 'fix', workers: '3' };

const OWNER = `
  CREATE ROLE app LOGIN PASSWORD 'app';
  CREATE TABLE secrets (id int PRIMARY KEY, value text);
  ALTER TABLE secrets OWNER TO app`;

const NAMES = { snake: ['deployment_jobs', 'approval_requests'], pascal: ['"DeploymentJobs"', '"ApprovalRequests"'] } as const;

/** What a role may not do, even where it says that it wants to write. Temporary tables apart, which are everybody's. */
const FORBIDDEN: readonly string[] = [
  "INSERT INTO deployment_jobs (deployment_id) VALUES ('x')",
  "UPDATE deployment_jobs SET payload = '{}'",
  'DELETE FROM deployment_jobs',
  "UPDATE deployment_jobs SET deployment_id = 'x'",
  "UPDATE deployment_jobs SET status = 'x', max_retries = 9",
  'UPDATE approval_requests SET timeout_at = now()',
  "UPDATE approval_requests SET status = 'Approved', responded_by_email = 'x'",
  'DELETE FROM approval_requests',
  'TRUNCATE deployment_jobs',
  'SELECT * FROM secrets',
  'CREATE TABLE mine (id int)',
  'CREATE INDEX ON deployment_jobs (status)',
  'DROP TABLE deployment_jobs',
  'ALTER TABLE deployment_jobs ADD COLUMN zz int',
  'BEGIN; LOCK TABLE deployment_jobs IN ACCESS EXCLUSIVE MODE',
  'CREATE ROLE mine',
  'ALTER ROLE app SUPERUSER',
  'SET ROLE app',
  'CREATE DATABASE mine',
  'CREATE SCHEMA mine',
  'CREATE EXTENSION dblink',
  "ALTER SYSTEM SET work_mem = '1GB'",
  'SELECT pg_reload_conf()',
  'SELECT pg_stat_statements_reset()',
  "SELECT pg_read_file('pg_hba.conf')",
  "COPY deployment_jobs TO PROGRAM 'cat'",
  "COPY deployment_jobs TO '/tmp/x'",
  'SELECT passwd FROM pg_shadow',
];
const OF_THE_READER: readonly string[] = [
  "UPDATE deployment_jobs SET status = 'x'",
  "UPDATE approval_requests SET status = 'x'",
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app'",
  "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE usename = 'app'",
];
const OF_THE_FIXER: readonly string[] = [
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND backend_type = 'client backend'",
];

onEachVersion((engine) => {
  describe('the roles of deploy/database-roles.sql', () => {
    let admin = '';
    beforeAll(async () => {
      admin = await createDatabase(engine.url());
      await query(admin, OWNER);
      for (const sql of writeTables('snake')) await query(admin, sql);
      await query(admin, NAMES.snake.map((name) => `ALTER TABLE ${name} OWNER TO app`).join('; '));
      await runPsqlScript(admin, SCRIPT, VARIABLES);
    });
    const urlOf = (role: string, password: string): string => {
      const url = new URL(admin);
      url.username = role;
      url.password = encodeURIComponent(password);
      return url.href;
    };
    const reader = () => urlOf('hotswap_bot_ro', VARIABLES.ro_password);
    const fixer = () => urlOf('hotswap_bot_fix', VARIABLES.fix_password);

    it('let the reader see what it diagnoses with', async () => {
      expect(
        await query(
          reader(),
          "SELECT pg_has_role('pg_read_all_stats', 'USAGE') AS stats, pg_has_role('pg_signal_backend', 'USAGE') AS signal",
        ),
      ).toEqual([{ stats: true, signal: false }]);
      expect(await query(reader(), 'SELECT count(*)::int AS n FROM deployment_jobs')).toEqual([{ n: 5 }]);
      expect(
        await query(reader(), "SELECT rolconnlimit, current_setting('statement_timeout') AS t FROM pg_roles WHERE rolname = current_user"),
      ).toEqual([{ rolconnlimit: 8, t: '5s' }]);
    });

    it('let the reader in where slots are kept for it, as soon as the server can keep some', async () => {
      if (engine.version < 16)
        return expect(await query(reader(), "SELECT 1 FROM pg_roles WHERE rolname = 'pg_use_reserved_connections'")).toEqual([]);
      expect(await query(reader(), "SELECT pg_has_role('pg_use_reserved_connections', 'USAGE') AS it")).toEqual([{ it: true }]);
    });

    it('let the fixer end sessions of the application', async () => {
      const session = await connect(urlOf('app', 'app'));
      const gone = new Promise<void>((resolve) => session.on('end', () => resolve()));
      expect(
        await query(
          fixer(),
          "SELECT pg_terminate_backend(pid) AS done FROM pg_stat_activity WHERE usename = 'app' AND datname = current_database()",
        ),
      ).toEqual([{ done: true }]);
      await gone;
    });

    it('leave the application what it needs', async () => {
      expect(await refusal(urlOf('app', 'app'), 'CREATE TABLE next (id int)')).toBe(engine.version < 15 ? 'allowed' : '42501');
    });

    it('grant the fixer what its verbs need, and nothing else', async () => {
      const permissions = Object.values(VERB_NEEDS).flatMap((needs) => needs.permissions);
      const needed = permissions.flatMap((one) => (one.kind === 'postgres' && one.role === 'hotswap_bot_fix' ? [one.right] : []));
      expect(await rightsOf(admin, 'hotswap_bot_fix')).toEqual([...new Set(needed.map(sortColumns))].sort());
    });

    it.each([...FORBIDDEN, ...OF_THE_READER])('forbid the reader: %s', async (sql) => {
      const other = sql.includes('backend(') ? await connect(urlOf('app', 'app')) : undefined;
      expect(await refusal(reader(), sql)).toBe('42501');
      await other?.end();
    });

    it.each([...FORBIDDEN.filter((sql) => !sql.startsWith('SELECT * FROM secrets')), ...OF_THE_FIXER])(
      'forbid the fixer: %s',
      async (sql) => {
        const other = sql.includes('backend(') ? await connect(admin) : undefined;
        expect(await refusal(fixer(), sql)).toBe('42501');
        await other?.end();
      },
    );
  });
});

describe('the same script over tables that Entity Framework named', () => {
  it('grants the same columns', async () => {
    const admin = await createDatabase();
    for (const sql of writeTables('pascal')) await query(admin, sql);
    // Roles belong to the whole server, where other tests may have made these.
    const roles = (text: string) => text.replaceAll('hotswap_bot_ro', 'pascal_ro').replaceAll('hotswap_bot_fix', 'pascal_fix');
    await runPsqlScript(admin, roles(SCRIPT), VARIABLES);
    expect(await rightsOf(admin, 'pascal_fix')).toEqual([
      'SELECT ON public.ApprovalRequests',
      'SELECT ON public.DeploymentJobs',
      'UPDATE (CompletedAt, ErrorMessage, LockedUntil, NextRetryAt, RetryCount, Status) ON public.DeploymentJobs',
      'UPDATE (RespondedAt, ResponseReason, Status, UpdatedAt) ON public.ApprovalRequests',
      'USAGE ON SCHEMA public',
      'pg_read_all_stats',
      'pg_signal_backend',
    ]);
    expect(await rightsOf(admin, 'pascal_ro')).toContain('SELECT ON public.DeploymentJobs');
  });

  it('fails where a table is not there, and says which', async () => {
    const admin = await createDatabase();
    const roles = (text: string) => text.replaceAll('hotswap_bot_ro', 'absent_ro').replaceAll('hotswap_bot_fix', 'absent_fix');
    await expect(runPsqlScript(admin, roles(SCRIPT), { ...VARIABLES, jobs_table: 'work_items' })).rejects.toThrow(
      /relation "public.(work_items|approval_requests)" does not exist/,
    );
  });
});

/** Everything that was granted to a role in this database, one line for each grant as it is typed, columns in their order. */
async function rightsOf(url: string, role: string): Promise<string[]> {
  const rows = await query(
    url,
    `SELECT r.rolname::text AS line FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.roleid WHERE m.member = '${role}'::regrole
     UNION ALL SELECT x.privilege_type || ' ON SCHEMA ' || n.nspname FROM pg_namespace n, aclexplode(n.nspacl) x WHERE x.grantee = '${role}'::regrole
     UNION ALL SELECT x.privilege_type || ' ON ' || n.nspname || '.' || c.relname
       FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(c.relacl) x WHERE x.grantee = '${role}'::regrole
     UNION ALL SELECT x.privilege_type || ' (' || string_agg(a.attname, ', ' ORDER BY a.attname) || ') ON ' || n.nspname || '.' || c.relname
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace, aclexplode(a.attacl) x
      WHERE x.grantee = '${role}'::regrole GROUP BY x.privilege_type, n.nspname, c.relname`,
  );
  return rows.map((row) => Line.parse(row).line).sort();
}

const Line = z.object({ line: z.string() });

function sortColumns(right: string): string {
  return right.replace(/\(([^)]*)\)/, (_, columns: string) => `(${columns.split(', ').sort().join(', ')})`);
}

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => {}); // ended on purpose
  await client.connect();
  return client;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = await connect(url);
  try {
    const result = await client.query(sql);
    return result.rows;
  } finally {
    await client.end();
  }
}

/** What the server answers to somebody who means to write. */
async function refusal(url: string, sql: string): Promise<string> {
  const client = await connect(url);
  try {
    await client.query('SET default_transaction_read_only = off');
    await client.query(sql);
    return 'allowed';
  } catch (error) {
    return error instanceof DatabaseError ? (error.code ?? '') : String(error);
  } finally {
    await client.end();
  }
}
