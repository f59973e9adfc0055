import { describe, expect, it } from 'vitest';
import { vaultNoActive as cause } from '../../../src/diagnostics/causes/vault.no_active.ts';
import { adviceFor, concludeVault, NO_VAULT, summaryFor } from '../support/vault.ts';

const servers = [{ address: 'https://vault-0:8200', status: 474, state: 'lost' }];
const leaderless = { health: { active: 0, standby: 3, lost: 3, servers } };

describe('vault.no_active', () => {
  it('is confirmed where all are unsealed and none is active', () => {
    expect(concludeVault(cause, leaderless)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(concludeVault(cause, { health: { active: 0, standby: 3 } })).toMatchObject({ kind: 'concluded' });
    expect(summaryFor(cause, leaderless)).toContain('https://vault-0:8200 is lost (474)');
    expect(adviceFor(cause, leaderless)).toContain('Do not unseal');
  });

  it('is confirmed by what standbys say, even where a server is silent', () =>
    expect(concludeVault(cause, { health: { active: 0, standby: 2, lost: 1, silent: 1 } })).toMatchObject({ kind: 'concluded' }));

  it('is undecided where the silent server may be the active one', () =>
    expect(concludeVault(cause, { health: { active: 0, standby: 2, silent: 1 } }).kind).toBe('undecided'));

  it.each([
    ['one is active', {}],
    ['all are sealed', { health: { active: 0, standby: 0 } }],
    ['the target has no Vault', NO_VAULT],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));
});
