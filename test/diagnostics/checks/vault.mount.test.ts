import { describe, expect, it } from 'vitest';
import { vaultMountCheck as check } from '../../../src/diagnostics/checks/vault.mount.ts';
import { vaultMount } from '../../../src/diagnostics/evidence/vault-mount.ts';
import { expectNeverOkOverGaps, given } from '../support/evidence.ts';
import { runWithVault } from '../support/vault.ts';

describe('vault.mount', () => {
  it('is well where it is a key/value engine', () => expectNeverOkOverGaps(check, given(vaultMount, { type: 'kv', version: 2 })));

  it.each([
    ['ok', 'secret/ is a key/value engine of version 1', { type: 'kv', version: 1 }],
    ['fail', 'secret/ is of the kind "transit"', { type: 'transit', version: null }],
    ['not-applicable', 'no Vault', null],
  ] as const)('is %s: %s', (verdict, text, data) => {
    expect(runWithVault(check, given(vaultMount, data))).toMatchObject({ verdict, summary: expect.stringContaining(text) });
  });
});
