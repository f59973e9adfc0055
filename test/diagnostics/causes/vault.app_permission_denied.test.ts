import { describe, expect, it } from 'vitest';
import { vaultAppPermissionDenied as cause } from '../../../src/diagnostics/causes/vault.app_permission_denied.ts';
import { adviceFor, concludeVault, NO_VAULT, serverOf } from '../support/vault.ts';

const denied = { logged: ['log.vault.denied'] };

describe('vault.app_permission_denied', () => {
  it('is confirmed where Vault serves and the pods were refused', () => {
    expect(concludeVault(cause, denied)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
  });

  it('names the path that the policy needs in the version at hand', () => {
    expect(adviceFor(cause, denied)).toContain('"secret/data/hotswap/jwt-signing-key"');
    expect(adviceFor(cause, denied)).toContain('matches nothing');
    expect(adviceFor(cause, { ...denied, mount: { version: 1 } })).toContain('"secret/hotswap/jwt-signing-key" with read');
  });

  it.each([
    ['nobody was refused', {}],
    ['the token is unknown to Vault', { logged: ['log.vault.invalid_token'] }],
    ['Vault is sealed', { ...denied, seal: { servers: [serverOf({ sealed: true })] } }],
    ['the target has no Vault', { ...NO_VAULT, ...denied }],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));

  it('is undecided where the logs could not be read', () => expect(concludeVault(cause, { logged: null }).kind).toBe('undecided'));
});
