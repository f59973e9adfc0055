import { describe, expect, it } from 'vitest';
import { vaultSealed as cause } from '../../../src/diagnostics/causes/vault.sealed.ts';
import { adviceFor, concludeVault, NO_VAULT, offersFor, serverOf, summaryFor } from '../support/vault.ts';

const sealed = serverOf({ sealed: true, progress: 1 });
const one = { seal: { servers: [serverOf({ address: 'https://vault-1:8200' }), sealed] } };

describe('vault.sealed', () => {
  it('is confirmed where a server says so, with or without the log', () => {
    expect(concludeVault(cause, one)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(concludeVault(cause, { ...one, logged: null })).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(summaryFor(cause, one)).toContain(
      '1 of 2 servers of Vault is sealed: https://vault-0:8200 has 1 of 3 key shares. The others serve',
    );
  });

  it('says for each server how many shares are lacking and what their holders run, and offers nothing', () => {
    const advice = adviceFor(cause, { seal: { servers: [sealed, serverOf({ address: 'https://vault-2:8200', sealed: true })] } });
    expect(advice).toContain('3 of 5 shares are needed, 1 was given, 2 to go');
    expect(advice).toContain('vault operator unseal -address=https://vault-2:8200');
    expect(advice).toContain('never into Slack');
    expect(advice).toContain('Do not restart the application');
    expect(offersFor(cause, one)).toEqual([]);
  });

  it.each([
    ['the log alone says so: that is past', { logged: ['log.vault.sealed'] }],
    ['it unseals by itself', { seal: { servers: [serverOf({ sealed: true, type: 'awskms' })] } }],
    ['it was never initialised', { seal: { servers: [serverOf({ sealed: true, initialized: false })] } }],
    ['the target has no Vault', NO_VAULT],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));

  it('is undecided where nobody could look', () => expect(concludeVault(cause, { seal: null }).kind).toBe('undecided'));
});
