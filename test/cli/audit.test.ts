import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseAudit, verdictText } from '../../src/cli/audit.ts';
import { appendAudit } from '../../src/store/audit.ts';
import { verifyAuditChain } from '../../src/store/audit-chain.ts';
import { type Store, transaction } from '../../src/store/pool.ts';
import { createStore } from '../support/store.ts';

const now = new Date('2026-11-26T12:00:00Z');
const HASH = 'a'.repeat(64);

describe('npx hotswap audit', () => {
  it.each([
    [['verify'], { kind: 'verify', anchors: [] }],
    [['verify', '--anchor', HASH, '--anchor', HASH], { kind: 'verify', anchors: [HASH, HASH] }],
    [['verify', '--anchor', 'abc'], { kind: 'bad-usage' }],
    [['verify', '--anker', HASH], { kind: 'bad-usage' }],
    [['export', '--since', '1d', '--out', 'x'], { kind: 'export', since: new Date('2026-11-25T12:00:00Z'), out: 'x' }],
    [['export', '--since', 'soon'], { kind: 'bad-usage' }],
    [['erase'], { kind: 'bad-usage' }],
    [[], { kind: 'bad-usage' }],
  ])('understands %j', (words, asked) => {
    expect(parseAudit(words, now)).toMatchObject(asked);
  });

  const run = (storeUrl: string, ...words: string[]) =>
    spawnSync(process.execPath, ['bin/hotswap.mjs', 'audit', ...words], {
      env: { PATH: process.env.PATH ?? '', STORE_DATABASE_URL: storeUrl },
      encoding: 'utf8',
    });
  const add = (store: Store, event: string) =>
    transaction(store, (db) =>
      appendAudit(db, { at: new Date(), event, actor: 'U1', requestId: null, target: null, fingerprint: null, details: {} }),
    );

  it('exports the trail, verifies it, and says which entry was changed', async () => {
    const { store, url } = await createStore();
    for (const event of ['frozen', 'unfrozen']) await add(store, event);
    const folder = mkdtempSync(join(tmpdir(), 'hotswap-audit-'));
    const file = join(folder, 'trail.jsonl');
    expect(run(url, 'export', '--out', file).status).toBe(0);
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    rmSync(folder, { recursive: true });
    const events = lines.map((line) => z.object({ event: z.string(), hash: z.string() }).parse(JSON.parse(line)));
    expect(events.map(({ event }) => event)).toEqual(['frozen', 'unfrozen', 'exported']);

    const anchor = (await verifyAuditChain(store)).head?.hash ?? '';
    expect(run(url, 'verify', '--anchor', anchor)).toMatchObject({ status: 0, stdout: expect.stringContaining('Each anchor is in it') });
    expect(run(url, 'verify', '--anchor', HASH)).toMatchObject({ status: 1, stdout: expect.stringContaining(HASH) });
    await store.query("ALTER TABLE audit DISABLE TRIGGER ALL; UPDATE audit SET actor = 'x' WHERE sequence = 2");
    expect(run(url, 'verify')).toMatchObject({ status: 1, stdout: expect.stringContaining('NOT INTACT at entry 2') });
  });

  it.each([
    [
      1,
      2,
      'NOT INTACT at entry 1: it and all before it are missing, and no entry audit-cut says that retention removed them. Entries after it that are in order: 2.',
    ],
    [2, 1, 'NOT INTACT at entry 2: it is missing: entry 3 follows entry 1. Entries before it that are in order: 1.'],
  ])('tells on which side of a gap at entry %i what is in order lies', async (gap, rows, told) => {
    const { store } = await createStore();
    for (const event of ['frozen', 'unfrozen', 'frozen']) await add(store, event);
    await store.query('ALTER TABLE audit DISABLE TRIGGER ALL');
    await store.query('DELETE FROM audit WHERE sequence = $1', [gap]);
    const verdict = await verifyAuditChain(store);
    expect(verdict.rows).toBe(rows);
    expect(verdictText(verdict, 0)).toBe(told);
  });

  it('says so where the store cannot be read', () => {
    expect(run('postgres://x:y@127.0.0.1:1/none', 'verify')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('could not be read'),
    });
    expect(run('postgres://x:y@127.0.0.1:1/none', 'erase').status).toBe(64);
  });
});
