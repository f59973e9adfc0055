import { describe, expect, it } from 'vitest';
import { vaultHealth } from '../../../src/diagnostics/evidence/vault-health.ts';
import { vaultMount } from '../../../src/diagnostics/evidence/vault-mount.ts';
import { vaultSeal } from '../../../src/diagnostics/evidence/vault-seal.ts';
import { vaultSecret } from '../../../src/diagnostics/evidence/vault-secret.ts';
import { vaultToken } from '../../../src/diagnostics/evidence/vault-token.ts';
import { showVault } from '../../../src/diagnostics/shows/show.vault.ts';
import type { Evidence } from '../../../src/diagnostics/types.ts';
import { ago, context, given } from '../support/evidence.ts';
import { healthOf, sealOf, vaultTarget } from '../support/vault.ts';

const shown = (...evidence: readonly Evidence<unknown>[]) =>
  showVault.tables(new Map(evidence.map((one) => [one.source, one])), { ...context, target: vaultTarget });
const valuesOf = (rows: readonly (readonly string[])[] | undefined) =>
  Object.fromEntries((rows ?? []).map(([what, value]) => [what, value]));

describe('servers of Vault', () => {
  it('are listed with health and seal, each of its own', () => {
    const seals = given(vaultSeal, [
      sealOf(),
      sealOf({ address: 'https://vault-1:8200', sealed: true, progress: 1 }),
      sealOf({ address: 'https://vault-2:8200', type: 'awskms' }),
      { address: 'https://vault-3:8200', answered: false, message: 'It did not answer.' },
    ]);
    const states = given(vaultHealth, [
      healthOf('active', 200),
      healthOf('sealed', 503, 'vault-1'),
      healthOf('standby', 429, 'vault-2'),
      healthOf('silent', null, 'vault-3'),
    ]);
    expect(shown(seals, states)[0]?.rows).toEqual([
      ['https://vault-0:8200', 'active (200)', 'unsealed', 'shamir', '3 of 5 shares', '1.19.5'],
      ['https://vault-1:8200', 'SEALED (503)', 'SEALED', 'shamir', '3 of 5 shares, 1 given', '1.19.5'],
      ['https://vault-2:8200', 'standby (429)', 'unsealed', 'awskms', 'by itself, through its key service', '1.19.5'],
      ['https://vault-3:8200', 'NO ANSWER', '?', '?', '?', '?'],
    ]);
    expect(shown(seals, states)[0]?.note).toContain('https://vault-3:8200: It did not answer.');
    expect(shown(states)[0]?.rows[0]).toEqual(['https://vault-0:8200', 'active (200)', '?', '?', '?', '?']);
  });
});

describe('the signing key', () => {
  const secretOf = (changes = {}) =>
    given(vaultSecret, {
      ...{ state: 'present' as const, version: 4, updatedAt: ago(10 * 86_400), deletedAt: null, lastGoodVersion: null, rotationDays: 30 },
      ...changes,
    });

  it('is shown by its metadata', () => {
    const [table] = shown(secretOf(), given(vaultMount, { type: 'kv', version: 2 }));
    expect(valuesOf(table?.rows)).toEqual({
      engine: 'kv version 2',
      state: 'present',
      'current version': '4',
      updated: '2026-11-13 12:00 UTC (10 days ago)',
      deleted: 'no',
      'to be rotated every': '30 days',
    });
    expect(table?.note).toContain('never read');
  });

  it('is shown as deleted, with the version that has its value', () => {
    const values = valuesOf(shown(secretOf({ state: 'deleted', deletedAt: ago(3_600), lastGoodVersion: 3 }))[0]?.rows);
    expect(values).toMatchObject({
      state: 'DELETED',
      deleted: '2026-11-23 11:00 UTC (60 min ago)',
      'newest version that has its value': '3',
    });
    expect(valuesOf(shown(secretOf({ deletedAt: ago(-3 * 86_400) }))[0]?.rows).deleted).toContain('in 3 days');
  });
});

describe("the bot's token", () => {
  it.each([
    [5 * 86_400, '5 days'],
    [600, '10 min'],
    [null, 'it does not end'],
  ])('is shown with its time: %s', (ttlSeconds, text) => {
    const [table] = shown(given(vaultToken, { ttlSeconds, renewable: false, policies: ['default', 'hotswap-bot'] }));
    expect(valuesOf(table?.rows)).toEqual({ 'time left': text, renewable: 'no', policies: 'default, hotswap-bot' });
  });
});

it('says that a target has no Vault', () =>
  expect(showVault.tables(new Map([[vaultSeal.id, given(vaultSeal, null)]]), context)[0]?.note).toContain('No Vault is configured'));
