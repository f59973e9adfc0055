import { describe, expect, it } from 'vitest';
import { vaultAppTokenInvalid as cause } from '../../../src/diagnostics/causes/vault.app_token_invalid.ts';
import { adviceFor, concludeVault, NO_VAULT, serverOf } from '../support/vault.ts';

const invalid = { logged: ['log.vault.invalid_token'] };

describe('vault.app_token_invalid', () => {
  it('is confirmed where Vault serves and does not know the token', () => {
    expect(concludeVault(cause, invalid)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(adviceFor(cause, invalid)).toContain('VAULT_TOKEN or Vault__Token of the Deployment comes from: a Secret');
    expect(adviceFor(cause, invalid)).toContain('kubectl --namespace default rollout restart deployment/hotswap-api');
  });

  it('is supported by a fixed token', () => {
    const fixed = concludeVault(cause, invalid);
    const renewed = concludeVault(cause, { ...invalid, config: { tokenFrom: null } });
    expect(fixed.kind === 'concluded' && renewed.kind === 'concluded' && fixed.score > renewed.score).toBe(true);
  });

  it.each([
    ['nobody was refused', {}],
    ['the policy refuses', { logged: ['log.vault.denied'] }],
    ['Vault is sealed', { ...invalid, seal: { servers: [serverOf({ sealed: true })] } }],
    ['the target has no Vault', { ...NO_VAULT, ...invalid }],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));
});
