import { describe, expect, it } from 'vitest';
import { vaultAutounsealBroken as cause } from '../../../src/diagnostics/causes/vault.autounseal_broken.ts';
import { adviceFor, concludeVault, NO_VAULT, serverOf, summaryFor } from '../support/vault.ts';

const broken = { seal: { servers: [serverOf({ sealed: true, type: 'awskms' })] } };

describe('vault.autounseal_broken', () => {
  it('is confirmed where a server is sealed that unseals through a key service', () => {
    expect(concludeVault(cause, broken)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(summaryFor(cause, broken)).toContain('awskms');
  });

  it('asks for no key shares', () => {
    expect(adviceFor(cause, broken)).toContain('Do not look for key shares');
    expect(adviceFor(cause, broken)).not.toContain('operator unseal');
  });

  it.each([
    ['it is unsealed', { seal: { servers: [serverOf({ type: 'awskms' })] } }],
    ['people unseal it', { seal: { servers: [serverOf({ sealed: true })] } }],
    ['the target has no Vault', NO_VAULT],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));
});
