import { describe, expect, it } from 'vitest';
import { vaultSealCheck as check } from '../../../src/diagnostics/checks/vault.seal.ts';
import { vaultSeal } from '../../../src/diagnostics/evidence/vault-seal.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { sealOf } from '../support/vault.ts';

const silent = { address: 'https://vault-1:8200', answered: false, message: 'Vault did not answer in time.' } as const;

describe('vault.seal', () => {
  it('is well where each server is unsealed', () => expectNeverOkOverGaps(check, given(vaultSeal, [sealOf(), sealOf()])));

  it.each([
    ['not-applicable', 'The target has no Vault', null],
    [
      'fail',
      '1 of 2 servers of Vault is sealed: https://vault-0:8200 (2 of 3 key shares given)',
      [sealOf(), sealOf({ sealed: true, progress: 2 })],
    ],
    ['fail', 'unseals by itself through awskms', [sealOf({ sealed: true, type: 'awskms' })]],
    ['fail', '1 of 1 server of Vault is not initialised', [sealOf({ initialized: false, sealed: true })]],
    ['fail', 'None of 1 server of Vault answers: https://vault-1:8200 (Vault did not answer in time).', [silent]],
    ['warn', '1 of 2 servers of Vault does not answer', [sealOf(), silent]],
  ] as const)('is %s: %s', (verdict, text, data) => {
    expect(run(check, given(vaultSeal, data))).toMatchObject({ verdict, summary: expect.stringContaining(text) });
  });
});
