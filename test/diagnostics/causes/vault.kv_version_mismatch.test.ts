import { describe, expect, it } from 'vitest';
import { vaultKvVersionMismatch as cause } from '../../../src/diagnostics/causes/vault.kv_version_mismatch.ts';
import { adviceFor, concludeVault, NO_VAULT, serverOf, summaryFor } from '../support/vault.ts';

const warned = { logged: ['log.vault.missing', 'log.vault.kv_version'] };
const unversioned = { mount: { version: 1 }, secret: { version: null, ageDays: null }, logged: ['log.vault.missing'] };

describe('vault.kv_version_mismatch', () => {
  it('is confirmed where Vault warned the application of its path', () => {
    expect(concludeVault(cause, warned)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(summaryFor(cause, warned)).toContain('the application asks for secret/hotswap/jwt-signing-key, as in version 1');
    expect(adviceFor(cause, warned)).toContain('KeyValue.V2');
  });

  it('is confirmed where a mount without versions has the key and the application does not find it', () => {
    expect(concludeVault(cause, unversioned)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(summaryFor(cause, unversioned)).toContain('the application asks for secret/data/hotswap/jwt-signing-key, as in version 2');
    expect(adviceFor(cause, unversioned)).toContain('vault kv enable-versioning secret/');
  });

  it.each([
    ['nobody complains', { mount: { version: 1 } }],
    ['a mount without versions does not have the key either', { ...unversioned, secret: { state: 'missing' } }],
    ['the key is missing in version 2', { logged: ['log.vault.missing'] }],
    ['Vault is sealed', { ...warned, seal: { servers: [serverOf({ sealed: true })] } }],
    ['the target has no Vault', { ...NO_VAULT, ...warned }],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));

  it('is undecided where the mount may not be seen', () => expect(concludeVault(cause, { ...warned, mount: null }).kind).toBe('undecided'));
});
