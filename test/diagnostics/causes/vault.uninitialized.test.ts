import { describe, expect, it } from 'vitest';
import { vaultUninitialized as cause } from '../../../src/diagnostics/causes/vault.uninitialized.ts';
import { adviceFor, concludeVault, NO_VAULT, serverOf, summaryFor } from '../support/vault.ts';

const empty = { seal: { servers: [serverOf({ initialized: false, sealed: true, threshold: 0, shares: 0 })] } };

describe('vault.uninitialized', () => {
  it('is confirmed where a server says so, and warns of beginning an empty one', () => {
    expect(concludeVault(cause, empty)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(summaryFor(cause, empty)).toContain('https://vault-0:8200');
    expect(adviceFor(cause, empty)).toContain('Do not run "vault operator init"');
  });

  it.each([
    ['each server is initialised', {}],
    ['no server answers', { seal: { servers: [serverOf({ answered: false, initialized: null, sealed: null })] } }],
    ['the target has no Vault', NO_VAULT],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));
});
