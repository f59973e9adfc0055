import { describe, expect, it } from 'vitest';
import { vaultUnreachable as cause } from '../../../src/diagnostics/causes/vault.unreachable.ts';
import { adviceFor, concludeVault, NO_VAULT, serverOf, summaryFor } from '../support/vault.ts';

const gone = {
  seal: {
    servers: [serverOf({ answered: false, initialized: null, sealed: null, message: 'Vault could not be reached (ECONNREFUSED).' })],
  },
};
const both = { ...gone, logged: ['log.vault.unreachable'] };

describe('vault.unreachable', () => {
  it('is confirmed where neither the bot nor the pods reach it', () => {
    expect(concludeVault(cause, both)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(summaryFor(cause, both)).toContain(
      '1 of 1 server of Vault answered neither the bot nor the pods: https://vault-0:8200: Vault could not be reached (ECONNREFUSED).',
    );
    expect(adviceFor(cause, both)).toContain('https://vault-0:8200');
  });

  it.each([
    ['the bot alone does not reach it', gone],
    ['the pods alone do not reach it', { logged: ['log.vault.unreachable'] }],
    ['the target has no Vault', { ...NO_VAULT, logged: ['log.vault.unreachable'] }],
    [
      'each server tells its health: it is slow',
      { ...both, health: { servers: [{ address: 'https://vault-0:8200', status: 200, state: 'active' }] } },
    ],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));

  it('is undecided where the logs could not be read', () => expect(concludeVault(cause, { ...gone, logged: null }).kind).toBe('undecided'));
});
