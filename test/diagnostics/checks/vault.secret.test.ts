import { describe, expect, it } from 'vitest';
import { vaultSecretCheck as check } from '../../../src/diagnostics/checks/vault.secret.ts';
import { type VaultSecret, vaultSecret } from '../../../src/diagnostics/evidence/vault-secret.ts';
import { ago, expectNeverOkOverGaps, given } from '../support/evidence.ts';
import { KEY, runWithVault } from '../support/vault.ts';

const DAY = 86_400;
const key = (changes: Partial<VaultSecret> = {}): VaultSecret => ({
  state: 'present',
  version: 3,
  updatedAt: ago(10 * DAY),
  deletedAt: null,
  lastGoodVersion: null,
  rotationDays: 30,
  ...changes,
});

describe('vault.secret', () => {
  it('is well where the key is there and young', () => expectNeverOkOverGaps(check, given(vaultSecret, key())));

  it.each([
    ['ok', `Version 3 of ${KEY} was written 10 days ago.`, key()],
    ['ok', 'without versions', key({ version: null, updatedAt: null, rotationDays: null })],
    ['ok', 'written 400 days ago', key({ updatedAt: ago(400 * DAY), rotationDays: null })],
    ['warn', 'written 31 days ago, and should be rotated every 30 days', key({ updatedAt: ago(31 * DAY) })],
    ['fail', `There is no secret at ${KEY}`, key({ state: 'missing', version: null, updatedAt: null })],
    ['fail', 'was deleted 2 min ago; it can be brought back', key({ state: 'deleted', deletedAt: ago(120) })],
    ['fail', 'cannot be brought back', key({ state: 'destroyed', lastGoodVersion: 2 })],
    ['not-applicable', 'no Vault', null],
  ] as const)('is %s: %s', (verdict, text, data) => {
    expect(runWithVault(check, given(vaultSecret, data))).toMatchObject({ verdict, summary: expect.stringContaining(text) });
  });
});
