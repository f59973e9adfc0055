import { describe, expect, it } from 'vitest';
import { vaultSecretDestroyed as cause } from '../../../src/diagnostics/causes/vault.secret_destroyed.ts';
import { adviceFor, concludeVault, NO_VAULT, offersFor, summaryFor } from '../support/vault.ts';

const destroyed = { secret: { state: 'destroyed', lastGoodVersion: 2 } };
const all = { secret: { state: 'destroyed' } };

describe('vault.secret_destroyed', () => {
  it('is confirmed by the metadata alone', () =>
    expect(concludeVault(cause, destroyed)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' }));

  it('offers nothing: it cannot be undone; an older version can be made the newest', () => {
    expect(offersFor(cause, destroyed)).toEqual([]);
    expect(adviceFor(cause, destroyed)).toContain('vault kv rollback -mount=secret -version=2 hotswap/jwt-signing-key');
    expect(adviceFor(cause, all)).toContain('Restore the key from a snapshot');
    expect(adviceFor(cause, all)).toContain('Do not restart pods yet');
    expect(summaryFor(cause, all)).toContain('No older version');
  });

  it.each([
    ['it is there', {}],
    ['it was only deleted', { secret: { state: 'deleted' } }],
    ['the target has no Vault', NO_VAULT],
  ])('is ruled out where %s', (_, facts) => expect(concludeVault(cause, facts).kind).toBe('ruled-out'));
});
