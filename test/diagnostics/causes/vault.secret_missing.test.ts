import { describe, expect, it } from 'vitest';
import { vaultSecretMissing as cause } from '../../../src/diagnostics/causes/vault.secret_missing.ts';
import { adviceFor, concludeVault, NO_VAULT, offersFor } from '../support/vault.ts';

const missing = { secret: { state: 'missing', version: null }, logged: ['log.vault.missing'] };

describe('vault.secret_missing', () => {
  it('is confirmed where neither the bot nor the pods find it', () =>
    expect(concludeVault(cause, missing)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }));

  it('offers to write a new one where there is none, and advises never to overwrite', () => {
    expect(offersFor(cause, missing)).toEqual([
      expect.objectContaining({ id: 'fix.vault.create_secret', params: { mount: 'secret', path: 'hotswap/jwt-signing-key' } }),
    ]);
    expect(adviceFor(cause, missing)).toContain('vault kv put -cas=0 -mount=secret hotswap/jwt-signing-key value=-');
    expect(adviceFor(cause, missing)).toContain('vault kv list -mount=secret hotswap/');
  });

  it.each([
    ['it is there', { logged: ['log.vault.missing'] }],
    ['it was deleted', { ...missing, secret: { state: 'deleted' } }],
    ['the pods do not miss it', { ...missing, logged: [] }],
    ['the paths are of another version', { ...missing, logged: ['log.vault.missing', 'log.vault.kv_version'] }],
    ['the target has no Vault', { ...NO_VAULT, logged: ['log.vault.missing'] }],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));

  it('is undecided where the metadata may not be seen', () =>
    expect(concludeVault(cause, { ...missing, secret: null }).kind).toBe('undecided'));
});
