import { describe, expect, it } from 'vitest';
import { vaultSecretDeleted as cause } from '../../../src/diagnostics/causes/vault.secret_deleted.ts';
import { adviceFor, concludeVault, NO_VAULT, offersFor, summaryFor } from '../support/vault.ts';

const deleted = { secret: { state: 'deleted', deletedAt: '2026-11-23T11:00:00.000Z' } };

describe('vault.secret_deleted', () => {
  it('is confirmed by the metadata alone', () => {
    expect(concludeVault(cause, deleted)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(summaryFor(cause, deleted)).toContain('Version 3 of secret/hotswap/jwt-signing-key was deleted at 2026-11-23T11:00:00.000Z');
  });

  it('offers to bring the version back, and warns of writing another key', () => {
    const params = { mount: 'secret', path: 'hotswap/jwt-signing-key', version: 3 };
    expect(offersFor(cause, deleted)).toEqual([expect.objectContaining({ id: 'fix.vault.undelete', params })]);
    expect(adviceFor(cause, deleted)).toContain('vault kv undelete -mount=secret -versions=3 hotswap/jwt-signing-key');
    expect(adviceFor(cause, deleted)).toContain('Do not write a new key');
  });

  it.each([
    ['it is there', {}],
    ['it was destroyed', { secret: { state: 'destroyed' } }],
    ['it is missing', { secret: { state: 'missing' } }],
    ['the target has no Vault', NO_VAULT],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));
});
