import { describe, expect, it } from 'vitest';
import { vaultRotationFailing as cause } from '../../../src/diagnostics/causes/vault.rotation_failing.ts';
import { adviceFor, concludeVault, NO_VAULT, summaryFor } from '../support/vault.ts';

const failing = { secret: { ageDays: 41 }, logged: ['log.vault.rotation'] };

describe('vault.rotation_failing', () => {
  it('is confirmed where rotating fails and the key is older than it should be', () => {
    expect(concludeVault(cause, failing)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(summaryFor(cause, failing)).toContain('should be rotated every 30 days and was last rotated 41 days ago');
    expect(adviceFor(cause, failing)).toContain('update on "secret/data/hotswap/jwt-signing-key"');
  });

  it.each([
    ['rotating works', { secret: { ageDays: 41 } }],
    ['the key is young: the next round may succeed', { logged: ['log.vault.rotation'] }],
    ['the target has no Vault', { ...NO_VAULT, logged: ['log.vault.rotation'] }],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));

  it.each([
    ['nobody says how often', { ...failing, secret: { ageDays: 41, rotationDays: null } }],
    ['its age cannot be seen', { ...failing, secret: { ageDays: null } }],
    ['the metadata may not be seen', { ...failing, secret: null }],
  ])('is undecided where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('undecided'));
});
