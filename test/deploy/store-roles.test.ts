import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { openProducer } from '../../src/queue/producer.ts';
import { appendAudit } from '../../src/store/audit.ts';
import { cutAudit, verifyAuditChain } from '../../src/store/audit-chain.ts';
import { migrate } from '../../src/store/migrate.ts';
import { openStore, type Store, transaction } from '../../src/store/pool.ts';
import { createDatabase } from '../support/database.ts';
import { runPsqlScript } from '../support/psql-script.ts';

const SCRIPT = readFileSync('deploy/store-roles.sql', 'utf8');

let url = '';
let store: Store;
beforeAll(async () => {
  const admin = await createDatabase();
  await runPsqlScript(admin, SCRIPT, { owner_password: "ow'ner", bot_password: 'bot' });
  const as = (role: string, password: string) => Object.assign(new URL(admin), { username: role, password }).href;
  await migrate(as('hotswap_bot_owner', "ow'ner"), { info: () => {}, warn: () => {}, error: () => {} });
  url = as('hotswap_bot', 'bot');
  store = openStore({ url, application: 'test', connectWithinMs: 30_000, onError: () => {} });
  return () => store.end();
});

const add = (event: string, at = new Date()) =>
  transaction(store, (db) => appendAudit(db, { at, event, actor: 'U1', requestId: null, target: null, fingerprint: null, details: {} }));

describe('the roles of deploy/store-roles.sql', () => {
  it('let the processes add to the audit trail and read it, and nothing else', async () => {
    await add('old', new Date(Date.now() - 400 * 86_400_000));
    await add('frozen');
    for (const sql of [
      "UPDATE audit SET actor = 'x'",
      'DELETE FROM audit',
      'TRUNCATE audit',
      'DROP TABLE audit',
      'ALTER TABLE audit DISABLE TRIGGER ALL',
      'DROP TRIGGER audit_append_only ON audit',
      'CREATE OR REPLACE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$',
      'CREATE TABLE mine (id int)',
      'SET ROLE hotswap_bot_owner',
    ])
      await expect(store.query(sql), sql).rejects.toMatchObject({ code: '42501' });
    expect(await verifyAuditChain(store)).toMatchObject({ rows: 2, fault: null });
  });

  it('let retention remove what is old, by its one way', async () => {
    expect(await cutAudit(store, 365, 'retention', new Date())).toBe(1);
    expect(await verifyAuditChain(store)).toMatchObject({ rows: 2, first: 2, fault: null });
  });

  it('are enough for all else that the store and the queue need', async () => {
    await store.query("INSERT INTO interactions (id) VALUES ('x'); UPDATE interactions SET seen_at = now(); DELETE FROM interactions");
    const { rows } = await store.query(
      `SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname NOT IN ('audit', 'migrations')
          AND NOT (has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
               AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))`,
    );
    expect(rows).toEqual([]);
    const queue = openProducer('diagnose', { kind: 'postgres', url }, () => {});
    await queue.add({ runId: '11111111-1111-4111-8111-111111111111' }, { jobId: 'x', timeoutMs: 60_000 });
    await queue.close();
  });
});
